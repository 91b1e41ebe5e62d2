"""REM-17: a product's reminder by one channel after the other, until a visit is booked."""

from typing import Any

import pytest
from reminders.clinic import Clinic
from reminders.ladder.climbing import UNREACHABLE, by_product, due, steps
from reminders.phone_tasks.test_phone_tasks import say, tasks

MONDAY = "2026-12-07T09:00:00+01:00"
WEDNESDAY = "2026-12-09T09:00:00+01:00"
FRIDAY = "2026-12-11T09:00:00+01:00"
SUNDAY = "2026-12-13T09:00:00+01:00"
VISIT = "2026-12-15T10:00:00+01:00"
ALL = ("letter", "phone", "email", "sms")


async def told(clinic: Clinic) -> dict[str, str]:
    return await steps(clinic, purpose="product")


async def test_the_letter_is_last(clinic: Clinic) -> None:
    """REM-17: it is made although an e-mail left, because that was not answered."""
    await by_product(clinic, *ALL)
    for instant, expected in (
        (MONDAY, {"sms": "sent", "email": "planned", "phone": "planned", "letter": "planned"}),
        (WEDNESDAY, {"sms": "sent", "email": "sent", "phone": "planned", "letter": "planned"}),
        (FRIDAY, {"sms": "sent", "email": "sent", "phone": "ready", "letter": "planned"}),
        (SUNDAY, {"sms": "sent", "email": "sent", "phone": "ready", "letter": "ready"}),
    ):
        await clinic.until(instant)
        assert await told(clinic) == expected


@pytest.mark.parametrize(("animal", "stops"), [("Milou", True), ("Minou", False)])
async def test_a_visit_that_is_booked_ends_it(clinic: Clinic, animal: str, stops: bool) -> None:
    """REM-12, REM-17: one of this animal."""
    await by_product(clinic, "sms", "email", "letter")
    await clinic.until(MONDAY)
    other = await clinic.make("animals", owner_id=clinic.owner, name="Minou", species="cat")
    await clinic.choose(confirmation=[], reminders=[], push_lead_hours=[])
    await clinic.book(VISIT, animal_ids=[clinic.animal if animal == "Milou" else other["id"]])
    await clinic.until(FRIDAY)
    ended = "confirmed_by_owner"
    rest = {"email": ended, "letter": ended} if stops else {"email": "sent", "letter": "ready"}
    assert await told(clinic) == {"sms": "sent"} | rest


async def test_a_visit_since_the_first_step_ends_it(clinic: Clinic) -> None:
    """REM-12, REM-17: they came without an appointment to come."""
    await by_product(clinic, "sms", "email")
    await clinic.until(MONDAY)
    await clinic.choose(confirmation=[], reminders=[], push_lead_hours=[])
    booked = await clinic.book("2026-12-08T10:00:00+01:00")
    await clinic.until("2026-12-08T10:10:00+01:00")
    await clinic.act(booked, "complete")
    await clinic.until(WEDNESDAY)
    assert await told(clinic) == {"sms": "sent", "email": "confirmed_by_owner"}


async def test_who_was_reached_by_telephone_gets_no_letter(clinic: Clinic) -> None:
    """REM-17: they have answered."""
    await by_product(clinic, "phone", "letter")
    await clinic.until(MONDAY)
    (task,) = await tasks(clinic)
    assert (await say(clinic, task["reminder_id"], "reached")).status_code == 200
    await clinic.advance("PT0S")
    assert await told(clinic) == {"phone": "sent", "letter": "confirmed_by_owner"}


async def test_a_wrong_number_makes_way_at_once(clinic: Clinic) -> None:
    """REM-17."""
    await by_product(clinic, "phone", "letter")
    await clinic.until(MONDAY)
    (task,) = await tasks(clinic)
    await say(clinic, task["reminder_id"], "wrong_number")
    await clinic.advance("PT0S")
    assert await told(clinic) == {"phone": "no_phone", "letter": "ready"}


async def test_an_sms_that_did_not_arrive_makes_way_at_once(clinic: Clinic) -> None:
    """REM-17."""
    await by_product(clinic, "sms", "letter")
    await clinic.change(f"owners/{clinic.owner}", phone=UNREACHABLE)
    await clinic.until("2026-12-07T10:00:00+01:00")
    assert await told(clinic) == {"sms": "undelivered", "letter": "ready"}


async def test_a_letter_is_not_printed_for_who_has_booked(clinic: Clinic) -> None:
    """REM-13, REM-17: looked at again before it is printed."""
    await by_product(clinic, "sms", "letter")
    await clinic.until(WEDNESDAY)
    (row,) = await clinic.ledger(channel="letter", status="ready")
    await clinic.book(VISIT)
    body = {"reminder_ids": [row["id"]], "format": "a4"}
    answer = await clinic.reminders.post(f"{clinic.path}/letters", json=body)
    assert answer.json()["left_out"][0]["reason"] == "confirmed_by_owner"


async def test_a_call_is_not_made_again_to_who_has_booked(clinic: Clinic) -> None:
    """REM-13, REM-17."""
    await by_product(clinic, "sms", "phone")
    await clinic.until(WEDNESDAY)
    (task,) = await tasks(clinic)
    await clinic.book(VISIT)
    answer = await say(clinic, task["reminder_id"], "no_answer")
    assert answer.json()["skip_reason"] == "confirmed_by_owner"


async def test_a_step_that_would_come_after_the_day_is_not_taken(clinic: Clinic) -> None:
    """REM-1, REM-17."""
    await by_product(clinic, "sms", "email", days_before=1, step_hours=72)
    await clinic.until("2026-12-18T10:00:00+01:00")
    assert await told(clinic) == {"sms": "sent", "email": "too_late"}


async def test_the_option_of_a_rule(clinic: Clinic) -> None:
    """REM-17: all at once as long as nobody says otherwise; what was recorded keeps its steps."""
    month: dict[str, Any] = {"count": 1, "unit": "month"}
    made = await clinic.make("reminder-rules", name="1 mois", offset=month, channels=["sms", "email"])
    assert (made["delivery"], made["step_hours"]) == ("all", 48)
    await clinic.change(f"reminder-rules/{made['id']}", delivery="ladder", step_hours=12)
    product = await clinic.make("products", name="RAGE", rule_ids=[made["id"]])
    await clinic.make("administrations", product_id=product["id"], animal_id=clinic.animal)
    await clinic.change(f"reminder-rules/{made['id']}", delivery="all")
    assert (await due(clinic, "sms"), await due(clinic, "email")) == (
        "2026-12-17T08:00:00Z",
        "2026-12-17T20:00:00Z",
    )


async def test_all_at_once_is_as_before(clinic: Clinic) -> None:
    """REM-6: all ticked channels."""
    await by_product(clinic, "sms", "email", "phone", delivery="all")
    await clinic.until(MONDAY)
    assert await told(clinic) == {"sms": "sent", "email": "sent", "phone": "ready"}
