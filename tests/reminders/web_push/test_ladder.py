"""REM-17: a push as the first step of a ladder."""

from typing import Any
from uuid import uuid4

import pytest
from reminders.clinic import Clinic
from reminders.ladder.climbing import by_product, due, laddered, steps
from reminders.web_push.push_service import Browser, PushService
from reminders.web_push.test_subscriptions import subscribe

WEDNESDAY = "2026-11-25T10:00:00+01:00"
FIRST = "2026-11-22T09:00:00+01:00"
SECOND = "2026-11-23T09:00:00+01:00"
MONDAY = "2026-12-07T09:00:00+01:00"


async def browser_of(clinic: Clinic, pushes: PushService) -> Browser:
    browser = Browser(f"{pushes.origin}/{uuid4().hex}")
    answer = await subscribe(clinic, browser)
    assert answer.status_code == 201, answer.text
    return browser


async def test_the_push_comes_first_and_the_sms_after_its_hours(clinic: Clinic, pushes: PushService) -> None:
    """REM-17: whatever the order in which they were ticked."""
    browser = await browser_of(clinic, pushes)
    await laddered(clinic, channels=["sms", "push"])
    await clinic.book(WEDNESDAY)
    rows = {row["channel"]: row["ladder_step"] for row in await clinic.ledger(purpose="reminder")}
    assert rows == {"push": 1, "sms": 2}
    await clinic.until(FIRST)
    assert await steps(clinic) == {"push": "sent", "sms": "planned"}
    (arrival,) = pushes.arrived
    said = browser.read(arrival)
    assert said["body"] == "Clinique du Parc, vous rappelle votre rendez-vous le 25/11/2026 à 10h00"
    assert await clinic.texts() == []
    assert await due(clinic, "sms") == "2026-11-23T08:00:00Z"
    await clinic.until(SECOND)
    assert await steps(clinic) == {"push": "sent", "sms": "sent"}
    assert len(await clinic.events("reminders.push.due")) == 1


async def test_a_push_that_nobody_would_see_makes_way_at_once(clinic: Clinic, pushes: PushService) -> None:
    """REM-17: no browser and no partner's app: it tells nothing, and nobody is told of it."""
    await laddered(clinic, channels=["push", "sms"])
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"push": "no_device", "sms": "sent"}
    assert pushes.arrived == []
    assert await clinic.events("reminders.push.due") == []


async def test_a_push_that_no_browser_takes_any_more_makes_way_at_once(
    clinic: Clinic, pushes: PushService
) -> None:
    """REM-17: the browser was subscribed, but is gone, as its push service says."""
    await browser_of(clinic, pushes)
    pushes.answers.append(410)
    await laddered(clinic, channels=["push", "sms"])
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"push": "no_device", "sms": "sent"}


async def test_a_push_that_one_of_two_browsers_takes_is_told(clinic: Clinic, pushes: PushService) -> None:
    for _browser in range(2):
        await browser_of(clinic, pushes)
    pushes.answers.append(410)
    await laddered(clinic, channels=["push", "sms"])
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"push": "sent", "sms": "planned"}


async def test_a_visit_that_is_not_published_is_not_pushed(clinic: Clinic, pushes: PushService) -> None:
    """PART-4, REM-17: the next channel tells it."""
    await browser_of(clinic, pushes)
    await laddered(clinic, channels=["push", "sms"])
    await clinic.book(WEDNESDAY, published=False)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"push": "not_published", "sms": "sent"}


async def test_a_partners_app_takes_the_push_of_its_own_visit(clinic: Clinic, pushes: PushService) -> None:
    """PART-4, REM-17: of a visit that was booked in it, without any browser."""
    await laddered(clinic, channels=["push", "sms"])
    order: dict[str, Any] = {
        "calendar_ids": [clinic.vet],
        "start": WEDNESDAY,
        "appointment_type_id": clinic.vaccination,
        "owner_id": clinic.owner,
        "animal_ids": [clinic.animal],
        "published": True,
        "source": "partner",
    }
    async with clinic.house.internal("agenda", clinic.id) as booking:
        path = f"/internal/practices/{clinic.id}/appointments/{uuid4()}"
        assert (await booking.put(path, json=order)).status_code == 201
    await clinic.until(FIRST)
    assert await steps(clinic) == {"push": "sent", "sms": "planned"}
    assert len(await clinic.events("reminders.push.due")) == 1


async def test_a_products_push(clinic: Clinic, pushes: PushService) -> None:
    """REM-6, REM-17: what is due and when, in the browser's language; the SMS two days later."""
    browser = await browser_of(clinic, pushes)
    await by_product(clinic, "sms", "push")
    await clinic.until(MONDAY)
    assert await steps(clinic, purpose="product") == {"push": "sent", "sms": "planned"}
    (arrival,) = pushes.arrived
    said = browser.read(arrival)
    assert "Milou" in said["body"]
    assert "17/12/2026" in said["body"]
    assert "url" not in said
    (event,) = await clinic.events("reminders.push.due")
    assert (event["data"]["day"], event["data"]["may_cancel"]) == ("2026-12-17", False)
    await clinic.until("2026-12-09T09:00:00+01:00")
    assert await steps(clinic, purpose="product") == {"push": "sent", "sms": "sent"}


async def test_a_products_push_without_a_browser_makes_way(clinic: Clinic, pushes: PushService) -> None:
    """REM-17."""
    await by_product(clinic, "push", "sms")
    await clinic.until(MONDAY)
    assert await steps(clinic, purpose="product") == {"push": "no_device", "sms": "sent"}
    assert await clinic.events("reminders.push.due") == []


async def test_the_owner_confirms_and_no_sms_follows(clinic: Clinic, pushes: PushService) -> None:
    """REM-17: a product's push is answered by a visit that is booked."""
    await browser_of(clinic, pushes)
    await by_product(clinic, "push", "sms")
    await clinic.until(MONDAY)
    await clinic.book("2026-12-15T10:00:00+01:00")
    await clinic.until("2026-12-09T09:00:00+01:00")
    assert await steps(clinic, purpose="product") == {"push": "sent", "sms": "confirmed_by_owner"}


async def test_in_the_settings_a_push_is_a_step_only(clinic: Clinic) -> None:
    """REM-17: beside a ladder the pushes before a visit have hours of their own."""
    body = {"reminders": [{"state": "on", "channels": ["push", "sms"]}]}
    answer = await clinic.reminders.put(f"{clinic.path}/reminder-settings", json=body)
    assert answer.status_code == 422


@pytest.mark.parametrize("delivery", ["ladder", "all"])
async def test_a_template_needs_no_text_for_a_push(clinic: Clinic, delivery: str) -> None:
    """REM-8, REM-17: the line is green, for a push says the default sentence."""
    template = await clinic.make("templates", name="Vaccin", texts={"sms": {"body": "Vaccin"}})
    rule = await clinic.make(
        "reminder-rules",
        name="1 an",
        offset={"count": 1, "unit": "year"},
        channels=["push", "sms"],
        delivery=delivery,
        template_id=template["id"],
    )
    act = await clinic.make("acts", name="RAGE", rule_ids=[rule["id"]])
    visit = await clinic.make("visits", animal_ids=[clinic.animal])
    line = await clinic.make(f"visits/{visit['id']}/lines", act_id=act["id"], animal_id=clinic.animal)
    assert line["status"] == "green"
