"""PLAT-6: a push is one message, and one call for each browser and try."""

from harness import House
from reminders.clinic import Clinic
from reminders.web_push.push_service import PushService
from reminders.web_push.test_delivery import A_DAY_BEFORE, WEDNESDAY, after_the_pause, ready


async def test_each_browser_is_a_call_and_both_are_one_message(
    clinic: Clinic, pushes: PushService, pushing_house: House
) -> None:
    for _ in range(2):
        await ready(clinic, pushes)
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    sent = sum(len(arrival.body) for arrival in pushes.arrived)
    found = await pushing_house.outward("reminders", clinic.id, "2026-11")
    assert found["push"] == {"calls": 2, "messages": 1, "bytes_sent": sent}


async def test_a_push_service_that_is_too_busy_is_asked_again(
    clinic: Clinic, pushes: PushService, pushing_house: House
) -> None:
    await ready(clinic, pushes)
    pushes.answers.append(429)
    await clinic.book(WEDNESDAY)
    await clinic.until(A_DAY_BEFORE)
    await after_the_pause(pushing_house, clinic)
    found = (await pushing_house.outward("reminders", clinic.id, "2026-11"))["push"]
    assert (found["calls"], found["failed"], found["messages"]) == (2, 1, 1)
