"""R9: an SMS that the sms service has not given to a carrier is called back when it is no longer true."""

from datetime import datetime
from typing import Any

import httpx
import pytest
from reminders.appointments.test_several_visits import NOON, at_the_time, booked, of
from reminders.clinic import Clinic
from reminders.ledger.test_jobs import deliver, send
from reminders.ledger.worker import faulty, lapse, resolve, service_of, submissions
from reminders.visits import counter

from vetagenda_agenda.sandbox.commands import set_clock
from vetagenda_contracts.events import Actor
from vetagenda_reminders.sending import withdrawing

FRIDAY = "2026-11-20"
LATER = "2026-11-27T11:00:00+01:00"


async def at(clinic: Clinic, now: str) -> None:
    """It is that time, and nobody has looked yet."""
    agenda = clinic.house.services["agenda"]
    await set_clock(agenda, clinic.id, datetime.fromisoformat(now), Actor(kind="job", id="test"))


async def ordered(clinic: Clinic, now: str = f"{FRIDAY}T09:00:00+01:00") -> None:
    """What is due has been ordered; the sms service has not given it to the carrier."""
    await at(clinic, now)
    await send(clinic)
    assert await submissions(clinic) == {}


async def line(clinic: Clinic) -> dict[str, Any]:
    """A line of a visit whose reminder is due on Friday."""
    return await counter.put_down(clinic, custom_on=FRIDAY, channels=["sms"], template_id=None)


async def personal(clinic: Clinic, **about: Any) -> None:
    body = {"channels": ["sms"], "send_on": FRIDAY, "text": "{animal} à jeun"} | about
    answer = await clinic.reminders.post(f"{clinic.path}/reminders", json=body)
    assert answer.status_code == 201, answer.text


async def outcome(clinic: Clinic, purpose: str) -> list[str]:
    return [row["skip_reason"] or row["status"] for row in await clinic.ledger(purpose=purpose)]


async def steps(clinic: Clinic, reminder: str) -> list[str]:
    answer = await clinic.reminders.get(f"{clinic.path}/reminders/{reminder}/timeline")
    return [step["what"] for step in answer.json()["items"]]


@pytest.mark.parametrize("what", ["line deleted", "visit deleted", "another day"])
async def test_a_line_that_is_no_more_leaves_nothing_behind(clinic: Clinic, what: str) -> None:
    """R9, REM-7: ordered, and then the line or its visit goes, or its day is another one."""
    there = await line(clinic)
    await ordered(clinic)
    if what == "another day":
        await counter.alter(clinic, there, custom_on="2026-11-27", channels=["sms"])
    else:
        gone = counter.at(there) if what == "line deleted" else f"visits/{there['visit_id']}"
        await counter.erase(clinic, gone)
    await clinic.advance("PT1M")
    assert await clinic.texts() == []
    assert (await outcome(clinic, "product"))[0] == "withdrawn"
    await clinic.until("2026-11-28T12:00:00+01:00")
    assert len(await clinic.texts()) == (what == "another day")


async def test_the_same_once_more_is_not_called_back(clinic: Clinic) -> None:
    """R9: another day and back again before anybody looked: it is true after all."""
    there = await line(clinic)
    await ordered(clinic)
    await counter.alter(clinic, there, custom_on="2026-11-27", channels=["sms"])
    await counter.alter(clinic, there, custom_on=FRIDAY, channels=["sms"])
    await clinic.advance("PT1M")
    assert len(await clinic.texts()) == 1
    assert "sent" in await outcome(clinic, "product")


async def test_of_an_animal_that_died_nothing_ordered_leaves(clinic: Clinic) -> None:
    """REM-1, R9: a line's reminder and a person's own."""
    await line(clinic)
    await personal(clinic, owner_id=clinic.owner, animal_ids=[clinic.animal])
    await ordered(clinic)
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2026-11-19")
    await deliver(clinic)
    await withdrawing.call_back_marked_of(service_of(clinic), clinic.id)
    await clinic.advance("PT1M")
    assert await clinic.texts() == []
    assert [*await outcome(clinic, "product"), *await outcome(clinic, "personal")] == ["withdrawn"] * 2


async def test_a_corrected_name_stops_nothing(clinic: Clinic) -> None:
    """R9: what is doubted is asked about."""
    await line(clinic)
    await ordered(clinic)
    await clinic.change(f"animals/{clinic.animal}", name="Rintintin")
    await deliver(clinic)
    await clinic.advance("PT1M")
    assert len(await clinic.texts()) == 1


@pytest.mark.parametrize(("what", "more"), [("cancel", {}), ("reschedule", {"start": LATER})])
async def test_a_persons_own_goes_with_its_appointment(
    clinic: Clinic, what: str, more: dict[str, Any]
) -> None:
    """AGD-11, R9: ordered for a visit that is cancelled or moved."""
    await clinic.choose(confirmation=[], notices=[], reminders=[], push_lead_hours=[])
    visit = await clinic.book(NOON)
    await personal(clinic, appointment_id=visit["id"])
    await ordered(clinic)
    path = f"{clinic.path}/appointments/{visit['id']}/{what}"
    assert (await clinic.agenda.post(path, json=more, headers={"If-Match": "*"})).status_code == 200
    await deliver(clinic)
    await clinic.advance("PT1M")
    assert await clinic.texts() == []
    assert await outcome(clinic, "personal") == ["withdrawn"]


async def test_while_the_sms_service_is_away_it_stays_to_be_called_back(clinic: Clinic) -> None:
    """R9: tried again after a pause."""
    there = await line(clinic)
    await ordered(clinic)
    await counter.erase(clinic, counter.at(there))
    async with faulty(clinic, "sms", before=httpx.ConnectError("away")):
        await withdrawing.call_back_marked_of(service_of(clinic), clinic.id)
    assert await outcome(clinic, "product") == ["sent"]
    await lapse(clinic)
    await clinic.advance("PT1M")
    assert await clinic.texts() == []
    assert await outcome(clinic, "product") == ["withdrawn"]


async def test_what_was_not_handed_over_before_its_line_went_never_is(clinic: Clinic) -> None:
    """R9, R10: on its way when the line is deleted, and the sms service never got it."""
    there = await line(clinic)
    await at(clinic, f"{FRIDAY}T09:00:00+01:00")
    async with faulty(clinic, "sms", before=httpx.ConnectError("away")):
        await send(clinic)
    await counter.erase(clinic, counter.at(there))
    await lapse(clinic)
    await resolve(clinic)
    await withdrawing.call_back_marked_of(service_of(clinic), clinic.id)
    await clinic.advance("PT1M")
    assert await clinic.texts() == []


async def test_an_animal_told_of_with_another_is_called_back_for_its_sake(clinic: Clinic) -> None:
    """REM-17, R9: Rex has died, Milou's reminder is told without him; both timelines say so."""
    first, second = await booked(clinic)
    await at_the_time(clinic)
    await send(clinic)
    (animal,) = second["animal_ids"]
    await clinic.change(f"animals/{animal}", deceased_on="2026-11-23")
    await deliver(clinic)
    await clinic.advance("PT1M")
    assert [text.partition("votre ")[2] for text in await clinic.texts()] == [
        "rendez-vous le 25/11/2026 à 10h00"
    ]
    assert await of(clinic, first) == ["superseded", "sent"]
    before, again = await clinic.ledger(appointment_id=first["id"], purpose="reminder")
    assert await steps(clinic, before["id"]) == ["planned", "sent", "resent", "skipped"]
    assert (await steps(clinic, again["id"]))[:2] == ["planned", "sent"]
    planned = await clinic.events("reminders.reminder.planned")
    assert again["id"] in [event["subject"] for event in planned]


async def test_a_visit_that_is_brought_back_says_so(clinic: Clinic) -> None:
    """REM-14, REM-17: the leader was cancelled before it told anything."""
    first, second = await booked(clinic)
    await at_the_time(clinic)
    await send(clinic)
    path = f"{clinic.path}/appointments/{first['id']}/cancel"
    assert (await clinic.agenda.post(path, json={}, headers={"If-Match": "*"})).status_code == 200
    await deliver(clinic)
    await clinic.advance("PT1M")
    (row,) = await clinic.ledger(appointment_id=second["id"], purpose="reminder")
    assert row["status"] == "sent"
    assert (await steps(clinic, row["id"]))[:4] == ["planned", "skipped", "planned", "sent"]
    planned = await clinic.events("reminders.reminder.planned")
    assert row["id"] in [event["subject"] for event in planned]
