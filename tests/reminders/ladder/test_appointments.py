"""REM-17: an appointment's reminder by one channel after the other, until the owner confirms."""

from typing import Any

import pytest
from reminders.clinic import Clinic
from reminders.ladder.climbing import (
    FIRST,
    LADDER,
    UNREACHABLE,
    WEDNESDAY,
    confirm,
    due,
    laddered,
    steps,
)
from reminders.ledger.worker import lapse
from reminders.mailbox import Mailbox

from vetagenda_reminders.sending import jobs

SECOND = "2026-11-23T09:00:00+01:00"
THIRD = "2026-11-24T09:00:00+01:00"


async def test_one_after_the_other_until_nobody_answers(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-17: that a message was delivered is no answer."""
    await laddered(clinic)
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"sms": "sent", "email": "planned", "phone": "planned"}
    (row,) = await clinic.ledger(channel="sms")
    assert row["delivery"] == "delivered"
    await clinic.until("2026-11-23T08:59:00+01:00")
    assert mailbox.to(clinic.email) == []
    await clinic.until(SECOND)
    assert await steps(clinic) == {"sms": "sent", "email": "sent", "phone": "planned"}
    assert len(mailbox.to(clinic.email)) == 1
    await clinic.until(THIRD)
    assert await steps(clinic) == {"sms": "sent", "email": "sent", "phone": "ready"}


async def test_an_sms_that_did_not_arrive_makes_way_at_once(clinic: Clinic) -> None:
    """REM-17: and each later step comes so much earlier."""
    await laddered(clinic)
    await clinic.change(f"owners/{clinic.owner}", phone=UNREACHABLE)
    await clinic.book(WEDNESDAY)
    await clinic.until("2026-11-22T10:00:00+01:00")
    assert await steps(clinic) == {"sms": "undelivered", "email": "sent", "phone": "planned"}
    (email,) = await clinic.ledger(channel="email")
    assert email["finished_at"] < "2026-11-22T08:10:00Z"
    assert (await due(clinic, "phone"))[:13] == "2026-11-23T08"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"consents": {"sms": False, "email": True, "phone": True}}, "no_consent"),
        ({"phone": None}, "no_mobile"),
    ],
)
async def test_a_channel_that_cannot_be_used_makes_way_at_once(
    clinic: Clinic, change: dict[str, Any], reason: str
) -> None:
    """REM-10, REM-17."""
    await laddered(clinic)
    await clinic.change(f"owners/{clinic.owner}", **change)
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"sms": reason, "email": "sent", "phone": "planned"}
    assert await due(clinic, "phone") == "2026-11-23T08:00:00Z"


async def test_nobody_can_be_reached(clinic: Clinic) -> None:
    """REM-10, REM-17: all steps are given up, each with its reason."""
    await laddered(clinic)
    await clinic.change(f"owners/{clinic.owner}", consents={"sms": False, "email": False, "phone": False})
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    assert await steps(clinic) == dict.fromkeys(("sms", "email", "phone"), "no_consent")


@pytest.mark.parametrize("after", ["sms", "email", "phone"])
async def test_the_owners_confirmation_ends_it(clinic: Clinic, mailbox: Mailbox, after: str) -> None:
    """REM-17: from whichever message, and also a call that is on the list."""
    await laddered(clinic)
    await clinic.book(WEDNESDAY)
    await clinic.until({"sms": FIRST, "email": SECOND, "phone": THIRD}[after])
    text = (await clinic.texts())[-1]
    await confirm(clinic, text)
    told = ["sms", "email"][: 1 if after == "sms" else 2]
    ended = [channel for channel in ("sms", "email", "phone") if channel not in told]
    expected = dict.fromkeys(told, "sent") | dict.fromkeys(ended, "confirmed_by_owner")
    assert await steps(clinic) == expected
    await clinic.until("2026-11-25T09:59:00+01:00")
    assert await steps(clinic) == expected
    assert len(mailbox.to(clinic.email)) == (0 if after == "sms" else 1)
    said = await clinic.events("reminders.reminder.skipped")
    assert {each["data"]["reason"] for each in said} == {"confirmed_by_owner"}


async def test_who_had_confirmed_before_is_reminded_once(clinic: Clinic) -> None:
    """REM-17: by the confirmation's link a week before, for instance."""
    await laddered(clinic)
    words = {"rule": "confirmation", "channel": "sms", "enabled": True, "text": "Confirmé : {link}"}
    booked = await clinic.book(WEDNESDAY)
    path = f"{clinic.path}/appointments/{booked['id']}/messages"
    assert (await clinic.reminders.put(path, json={"messages": [words]})).status_code == 200
    await clinic.advance("PT1M")
    await confirm(clinic, (await clinic.texts())[0])
    await clinic.until("2026-11-25T09:59:00+01:00")
    assert await steps(clinic) == {
        "sms": "sent",
        "email": "confirmed_by_owner",
        "phone": "confirmed_by_owner",
    }


@pytest.mark.parametrize(
    ("locale", "asked"),
    [("fr", "Confirmez : http"), ("de", "Bitte bestätigen: http"), ("en", "Please confirm: http")],
)
async def test_a_step_asks_for_the_confirmation(clinic: Clinic, locale: str, asked: str) -> None:
    """REM-17, SMS-1: in letters of the GSM alphabet."""
    await laddered(clinic)
    await clinic.change(f"owners/{clinic.owner}", locale=locale)
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    (text,) = await clinic.texts()
    assert asked in text
    counted = await clinic.sms.post("/v1/sms/segments", json={"text": text})
    assert counted.json()["encoding"] == "gsm7"


async def test_a_text_that_names_the_link_asks_in_its_own_words(clinic: Clinic) -> None:
    """REM-17."""
    await laddered(clinic, sms_addition="Dites oui ici : {link}")
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    (text,) = await clinic.texts()
    assert "Dites oui ici : http" in text
    assert "Confirmez" not in text


async def test_moved_in_between_it_begins_anew(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-4, REM-17: from the first step, for the new time."""
    await laddered(clinic)
    booked = await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    await clinic.act(booked, "reschedule", start="2026-11-27T10:00:00+01:00")
    await clinic.until("2026-11-24T10:00:00+01:00")
    rows = await clinic.ledger(purpose="reminder")
    found = {(row["sequence"], row["channel"]): row["status"] for row in rows}
    assert found == {
        (0, "sms"): "sent",
        (0, "email"): "withdrawn",
        (0, "phone"): "withdrawn",
        (1, "sms"): "sent",
        (1, "email"): "planned",
        (1, "phone"): "planned",
    }
    assert mailbox.to(clinic.email) == []
    await clinic.until("2026-11-25T09:00:00+01:00")
    assert len(mailbox.to(clinic.email)) == 1


async def test_cancelled_nothing_follows(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-4, REM-17."""
    await laddered(clinic)
    booked = await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    await clinic.act(booked, "cancel")
    await clinic.until(WEDNESDAY)
    assert await steps(clinic) == {"sms": "sent", "email": "withdrawn", "phone": "withdrawn"}
    assert mailbox.to(clinic.email) == []


async def test_a_repeated_event_moves_no_step(clinic: Clinic) -> None:
    """REM-1, REM-17: a note on the appointment neither hastens nor delays what follows."""
    await laddered(clinic)
    booked = await clinic.book("2026-11-18T10:00:00+01:00")
    await clinic.advance("PT30M")
    assert (await steps(clinic))["sms"] == "sent"
    before = await due(clinic, "email"), await due(clinic, "phone")
    await clinic.advance("PT30M")
    await clinic.change(f"appointments/{booked['id']}", notes="vient avec un chat")
    await clinic.advance("PT0S")
    assert (await due(clinic, "email"), await due(clinic, "phone")) == before
    (row,) = await clinic.ledger(channel="email")
    assert row["version"] == 1 + (before[0] != "2026-11-18T07:10:00Z")


async def test_a_step_that_a_person_took_out_is_left_out(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-17."""
    await laddered(clinic)
    await clinic.book(WEDNESDAY)
    (row,) = await clinic.ledger(channel="email")
    assert (await clinic.reminders.post(f"{clinic.path}/reminders/{row['id']}/cancel")).status_code == 200
    await clinic.until(THIRD)
    assert await steps(clinic) == {"sms": "sent", "email": "cancelled", "phone": "ready"}
    assert mailbox.to(clinic.email) == []


async def test_another_choice_holds_for_what_has_not_left(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-17, R14: from all at once to one after the other, and back."""
    await laddered(clinic, delivery="all", channels=["sms", "email"])
    await clinic.book(WEDNESDAY)
    await laddered(clinic)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"sms": "sent", "email": "planned", "phone": "planned"}
    assert mailbox.to(clinic.email) == []


async def test_all_at_once_is_as_before(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-3, REM-17: without a word about confirming, and whatever the owner says."""
    await laddered(clinic, delivery="all", channels=["sms", "email"])
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"sms": "sent", "email": "sent"}
    assert len(mailbox.to(clinic.email)) == 1
    assert "Confirmez" not in (await clinic.texts())[0]


async def test_two_visits_of_one_day_climb_together(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-17: one message a step; who confirms one visit is told of the other alone."""
    await laddered(clinic)
    await clinic.book(WEDNESDAY)
    await clinic.book("2026-11-25T12:00:00+01:00")
    await clinic.until(FIRST)
    (text,) = await clinic.texts()
    assert text.count("Confirmez : http") == 2
    await confirm(clinic, text.split("Confirmez : ")[1])
    await clinic.until(SECOND)
    (letter,) = mailbox.to(clinic.email)
    assert str(letter).count("/v1/links/") > 0
    found = sorted(row["skip_reason"] or row["status"] for row in await clinic.ledger(channel="email"))
    assert found == ["confirmed_by_owner", "sent"]


async def test_a_scheduler_that_was_down_sends_one_step(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-1, REM-17: the next is counted from when the first really left."""
    await laddered(clinic)
    await clinic.book(WEDNESDAY)
    service = clinic.house.services["reminders"]
    late = await service.clock.now(clinic.id)
    late = late.replace(day=23, hour=12)
    await jobs.send_due_of(service, clinic.id, late)
    assert (await steps(clinic))["sms"] == "sent"
    assert mailbox.to(clinic.email) == []
    await lapse(clinic)
    await clinic.until("2026-11-24T12:59:00+01:00")
    assert mailbox.to(clinic.email) == []
    await clinic.until("2026-11-24T13:00:00+01:00")
    assert len(mailbox.to(clinic.email)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"delivery": "all"},
        {"step_hours": 0},
        {"step_hours": 241},
        {"delivery": "lottery"},
        {"channels": ["sms", "letter"]},
    ],
)
async def test_a_choice_that_cannot_be(clinic: Clinic, wrong: dict[str, Any]) -> None:
    """REM-17: calls are a ladder's last step and nothing else's."""
    body = {"reminders": [LADDER | wrong]}
    answer = await clinic.reminders.put(f"{clinic.path}/reminder-settings", json=body)
    assert answer.status_code == 422, answer.text
