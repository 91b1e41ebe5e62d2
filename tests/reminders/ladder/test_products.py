"""REM-17: a product's reminder by one channel after the other, until a visit is booked."""

from typing import Any

import pytest
from reminders.clinic import Clinic
from reminders.ladder.climbing import UNREACHABLE, by_product, due, steps
from reminders.mailbox import Mailbox
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


@pytest.mark.parametrize("delivery", ["ladder", "all"])
async def test_a_call_leaves_the_list_when_a_visit_is_booked(clinic: Clinic, delivery: str) -> None:
    """REM-13, REM-17: whoever books it, and the letter that would follow is not made."""
    await by_product(clinic, "sms", "phone", "letter", delivery=delivery, step_hours=24)
    await clinic.until("2026-12-08T09:00:00+01:00")
    assert len(await tasks(clinic)) == 1
    await clinic.book(VISIT)
    assert await tasks(clinic) == []
    ended = "confirmed_by_owner"
    assert (await told(clinic))["phone"] == ended
    await clinic.until("2026-12-10T09:00:00+01:00")
    assert (await told(clinic)).get("letter") == (
        ended if delivery == "ladder" else "told_by_another_channel"
    )


@pytest.mark.parametrize("which", ["another animal", "a past visit"])
async def test_a_call_stays_as_long_as_no_visit_is_to_come(clinic: Clinic, which: str) -> None:
    """REM-13, REM-17."""
    await by_product(clinic, "phone")
    await clinic.until(WEDNESDAY)
    other = await clinic.make("animals", owner_id=clinic.owner, name="Minou", species="cat")
    if which == "another animal":
        await clinic.book(VISIT, animal_ids=[other["id"]])
    else:
        await clinic.book("2026-12-08T10:00:00+01:00")
    assert len(await tasks(clinic)) == 1


async def test_of_many_calls_those_of_the_animal_leave(clinic: Clinic) -> None:
    """REM-13: also when the visit is for several animals."""
    await by_product(clinic, "phone")
    await clinic.until(WEDNESDAY)
    other = await clinic.make("animals", owner_id=clinic.owner, name="Minou", species="cat")
    await clinic.book(VISIT, animal_ids=[clinic.animal, other["id"]])
    assert await tasks(clinic) == []


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


async def test_the_ledger_shows_the_steps(clinic: Clinic) -> None:
    """REM-14, REM-17: which step a row is, and until when it is of use."""
    await by_product(clinic, "sms", "email")
    rows = {row["channel"]: row for row in await clinic.ledger(purpose="product")}
    assert {channel: row["ladder_step"] for channel, row in rows.items()} == {"sms": 1, "email": 2}
    assert rows["email"]["useful_until"] == "2026-12-17T23:00:00Z"


async def custom(clinic: Clinic, **more: Any) -> dict[str, Any]:
    """A visit's line with a reminder on a date of its own."""
    product = await clinic.make("products", name="MILPRO", rule_ids=[])
    visit = await clinic.make("visits", animal_ids=[clinic.animal])
    selected = {"custom_on": "2026-12-07", "channels": ["email", "sms"], "delivery": "ladder"}
    line = {"product_id": product["id"], "animal_id": clinic.animal} | selected | more
    return await clinic.make(f"visits/{visit['id']}/lines", **line)


async def test_a_date_of_its_own_can_be_a_ladder(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-7, REM-17: the first step on that day, the next as long after it as was asked for."""
    line = await custom(clinic, step_hours=30)
    assert (line["selection"]["custom"]["delivery"], line["selection"]["custom"]["step_hours"]) == (
        "ladder",
        30,
    )
    assert await due(clinic, "sms") == "2026-12-07T08:00:00Z"
    assert await due(clinic, "email") == "2026-12-08T14:00:00Z"
    await clinic.until(MONDAY)
    assert await told(clinic) == {"sms": "sent", "email": "planned"}
    assert mailbox.to(clinic.email) == []
    await clinic.until("2026-12-08T15:00:00+01:00")
    assert await told(clinic) == {"sms": "sent", "email": "sent"}
    assert len(mailbox.to(clinic.email)) == 1


async def test_a_date_of_its_own_goes_by_all_channels_as_before(clinic: Clinic) -> None:
    """REM-7: unless somebody says otherwise."""
    line = await custom(clinic, delivery="all")
    assert {row["ladder_step"] for row in line["reminders"]} == {None}
    await clinic.until(MONDAY)
    assert await told(clinic) == {"sms": "sent", "email": "sent"}


async def test_another_delivery_plans_the_line_anew(clinic: Clinic) -> None:
    """REM-7, REM-17: and another selection is no ladder any more."""
    line = await custom(clinic, delivery="all")
    await clinic.change(f"visits/{line['visit_id']}/lines/{line['id']}", delivery="ladder", step_hours=24)
    assert await due(clinic, "email") == "2026-12-08T08:00:00Z"
    path = f"{clinic.path}/visits/{line['visit_id']}/lines/{line['id']}"
    answer = await clinic.reminders.patch(path, json={"custom_on": None}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["selection"]["custom"] is None
    assert answer.json()["reminders"] == []


async def test_only_a_date_of_its_own_has_a_delivery(clinic: Clinic) -> None:
    """REM-7: a rule says its own."""
    product = await clinic.make("products", name="MILPRO", rule_ids=[])
    visit = await clinic.make("visits", animal_ids=[clinic.animal])
    body = {"product_id": product["id"], "animal_id": clinic.animal, "delivery": "ladder"}
    answer = await clinic.reminders.post(f"{clinic.path}/visits/{visit['id']}/lines", json=body)
    assert answer.status_code == 422
