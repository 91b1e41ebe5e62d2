"""REM-17: what the owner answers by SMS."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from reminders.clinic import Clinic
from reminders.ladder.climbing import (
    FIRST,
    WEDNESDAY,
    answer,
    answered,
    by_product,
    confirmed_at,
    laddered,
    steps,
)
from reminders.ledger.worker import faulty, service_of
from reminders.mailbox import Mailbox
from sqlalchemy import update

from vetagenda_kit.clock import system_now
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ladder.answers import jobs
from vetagenda_reminders.ladder.answers.rules import Came, Confirm, said_yes_to
from vetagenda_reminders.ladder.answers.tables import OwnerAnswer
from vetagenda_reminders.ledger.rules import Due
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose

AWAY = httpx.ReadError("away")
SAYS_YES = "+33600000005"
SAYS_NO = "+33600000007"
START = datetime(2026, 11, 25, 9, tzinfo=UTC)
SECOND = "2026-11-23T09:00:00+01:00"
MONDAY = "2026-12-07T09:00:00+01:00"


async def test_a_yes_by_sms_confirms_the_visit_and_ends_the_ladder(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-17: the sandbox's owner answers OUI; neither e-mail nor call follows."""
    await laddered(clinic)
    await clinic.change(f"owners/{clinic.owner}", phone=SAYS_YES)
    booked = await clinic.book(WEDNESDAY)
    ran = await clinic.until(FIRST)
    assert any(each["what"].endswith("answered: yes") for each in ran)
    assert await confirmed_at(clinic, booked) == "2026-11-22T08:00:00Z"
    expected = {"sms": "sent", "email": "confirmed_by_owner", "phone": "confirmed_by_owner"}
    assert await steps(clinic) == expected
    await clinic.until("2026-11-25T09:59:00+01:00")
    assert await steps(clinic) == expected
    assert mailbox.to(clinic.email) == []
    assert len(await clinic.texts()) == 1
    assert await answered(clinic) == ["confirmed"]
    said = await clinic.events("reminders.reminder.skipped")
    assert [each["data"]["reason"] for each in said] == ["confirmed_by_owner"] * 2


async def test_the_agenda_says_that_it_was_the_owner_by_sms(clinic: Clinic) -> None:
    """REM-17, PART-7: in the appointment's history; once, however often they say so."""
    await laddered(clinic)
    booked = await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    for text in ("Oui !", "D'accord"):
        await answer(clinic, text)
    found = [
        event["data"]["actor"]
        for event in await clinic.house.events("agenda", clinic.id)
        if event["type"] == "agenda.appointment.updated" and event["subject"] == booked["id"]
    ]
    assert [(each["kind"], each["id"]) for each in found] == [("owner", f"sms:{clinic.owner}")]
    assert await answered(clinic) == ["confirmed", "confirmed"]


async def test_a_yes_to_another_time_is_kept_for_a_person(clinic: Clinic) -> None:
    """REM-4, REM-17: the visit was moved after the message that is answered."""
    await laddered(clinic)
    booked = await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    await clinic.act(booked, "reschedule", start="2026-11-27T10:00:00+01:00")
    await answer(clinic, "OUI")
    assert await confirmed_at(clinic, booked) is None
    assert await answered(clinic) == ["yes_to_another_time"]
    assert (await clinic.statuses())["reminder_1/email@1"] == "planned"


@pytest.mark.parametrize("how", ["cancelled", "past"])
async def test_a_yes_that_comes_too_late(clinic: Clinic, how: str) -> None:
    """REM-17: nothing is left to confirm."""
    await laddered(clinic)
    booked = await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    if how == "cancelled":
        await clinic.act(booked, "cancel")
    else:
        await clinic.until("2026-11-25T10:00:00+01:00")
    await answer(clinic, "OUI")
    assert await confirmed_at(clinic, booked) is None
    assert await answered(clinic) == ["yes_too_late"]


@pytest.mark.parametrize(("text", "meant"), [("Je serai en retard", "other"), ("STOP", "stop")])
async def test_another_answer_is_seen_by_staff(
    clinic: Clinic, mailbox: Mailbox, text: str, meant: str
) -> None:
    """REM-14, REM-17: the timeline says that there is one, the SMS has its words; the ladder goes on."""
    await laddered(clinic)
    booked = await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    await answer(clinic, text)
    assert await answered(clinic, channel="sms") == [meant]
    (row,) = await clinic.ledger(channel="sms")
    shown = await clinic.sms.get(f"{clinic.path}/sms/messages/{row['id']}")
    assert [reply["text"] for reply in shown.json()["replies"]] == [text]
    await clinic.until(SECOND)
    assert (await steps(clinic))["email"] == "sent"
    assert await confirmed_at(clinic, booked) is None


async def test_a_yes_to_several_visits_is_a_yes_to_all(clinic: Clinic) -> None:
    """REM-17: all that the one message told of."""
    await laddered(clinic)
    booked = [await clinic.book(WEDNESDAY), await clinic.book("2026-11-25T12:00:00+01:00")]
    await clinic.until(FIRST)
    await answer(clinic, "OUI")
    assert [await confirmed_at(clinic, each) for each in booked] == ["2026-11-22T08:00:00Z"] * 2
    assert await answered(clinic) == ["confirmed", "confirmed"]
    await clinic.until(SECOND)
    found = {row["skip_reason"] for row in await clinic.ledger(channel="email")}
    assert found == {"confirmed_by_owner"}


async def test_of_several_visits_the_one_that_moved_is_not_confirmed(clinic: Clinic) -> None:
    """REM-4, REM-17."""
    await laddered(clinic)
    stays, moves = await clinic.book(WEDNESDAY), await clinic.book("2026-11-25T12:00:00+01:00")
    await clinic.until(FIRST)
    await clinic.act(moves, "reschedule", start="2026-11-27T10:00:00+01:00")
    await answer(clinic, "OUI")
    assert await confirmed_at(clinic, stays) is not None
    assert await confirmed_at(clinic, moves) is None
    assert await answered(clinic) == ["confirmed", "yes_to_another_time"]


async def test_a_yes_to_the_confirmation_counts_too(clinic: Clinic) -> None:
    """REM-17: without any ladder."""
    await clinic.choose(confirmation=["sms"], reminders=[], push_lead_hours=[])
    booked = await clinic.book(WEDNESDAY)
    await answer(clinic, "ok")
    assert await confirmed_at(clinic, booked) is not None


async def test_a_yes_to_what_a_person_wrote_is_for_a_person(clinic: Clinic) -> None:
    """REM-17: nobody knows what was asked."""
    await clinic.choose(confirmation=[], reminders=[], push_lead_hours=[])
    booked = await clinic.book(WEDNESDAY)
    body = {"appointment_id": booked["id"], "channels": ["sms"], "send_on": "2026-11-17", "text": "À jeun ?"}
    made = await clinic.reminders.post(f"{clinic.path}/reminders", json=body)
    assert made.status_code == 201, made.text
    await clinic.until("2026-11-17T10:00:00+01:00")
    await answer(clinic, "oui")
    assert await confirmed_at(clinic, booked) is None
    assert await answered(clinic) == ["yes"]


async def test_a_yes_to_a_products_reminder_ends_its_ladder(clinic: Clinic) -> None:
    """REM-6, REM-17: of this occurrence; the next one is told."""
    month = {"count": 1, "unit": "month"}
    every = {"every": month, "count": 2}
    await by_product(clinic, "sms", "email", "phone", recurrence=every)
    await clinic.until(MONDAY)
    await answer(clinic, "OUI")
    await clinic.until("2026-12-17T12:00:00+01:00")
    ended = "confirmed_by_owner"
    first = {
        row["channel"]: row["skip_reason"] or row["status"]
        for row in await clinic.ledger(purpose="product")
        if row["occurrence"] == 1
    }
    assert first == {"sms": "sent", "email": ended, "phone": ended}
    assert await answered(clinic) == ["confirmed"]
    await clinic.until("2027-01-07T12:00:00+01:00")
    assert len(await clinic.texts()) == 2


async def test_no_from_the_sandbox_is_read_by_a_person(clinic: Clinic) -> None:
    """REM-17: a product's ladder goes on."""
    await by_product(clinic, "sms", "email")
    await clinic.change(f"owners/{clinic.owner}", phone=SAYS_NO)
    await clinic.until("2026-12-09T09:00:00+01:00")
    assert await steps(clinic, purpose="product") == {"sms": "sent", "email": "sent"}
    assert await answered(clinic) == ["other"]


@pytest.mark.parametrize("fault", [{"before": AWAY}, {"after": AWAY}])
async def test_while_the_agenda_is_away_a_yes_waits(clinic: Clinic, fault: dict[str, Any]) -> None:
    """REM-1, REM-17: and what it had heard already is said once."""
    await laddered(clinic)
    visit = await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    (row,) = await clinic.ledger(channel="sms")
    service = service_of(clinic)
    told = {"id": uuid4(), "practice_id": clinic.id, "reminder_id": row["id"]}
    async with service.db.jobs_writing() as session:
        session.add(OwnerAnswer(**told, said_at=START, retry_at=system_now()))
    async with faulty(clinic, "agenda", **fault):
        await jobs.confirm(service)
    assert await answered(clinic) == []
    async with service.db.jobs_writing() as session:
        await session.execute(update(OwnerAnswer).values(retry_at=system_now()))
    await clinic.advance("PT0S")
    assert await confirmed_at(clinic, visit) is not None
    assert await answered(clinic) == ["confirmed"]
    said = await clinic.house.events("agenda", clinic.id)
    assert [event["type"] for event in said].count("agenda.appointment.updated") == 1


def _appointment(**changes: Any) -> AppointmentFacts:
    facts = {"id": uuid4(), "version": 3, "sequence": 2, "start": START, "end": START, "state": "confirmed"}
    return AppointmentFacts.model_validate(facts | changes)


def _row(**changes: Any) -> Due:
    fields: dict[str, Any] = {
        "purpose": Purpose.REMINDER,
        "channel": Channel.SMS,
        "sequence": 2,
        "due_at": START,
        "useful_until": START,
        "owner_id": None,
        "about_start": START,
    }
    return Due(**(fields | changes))


LATER = START.replace(day=26)


@pytest.mark.parametrize(
    ("row", "appointment", "now", "expected"),
    [
        (_row(), _appointment(), START.replace(day=22), Confirm(2)),
        (_row(sequence=1), _appointment(), START.replace(day=22), Confirm(2)),
        (
            _row(sequence=1, about_start=LATER),
            _appointment(),
            START.replace(day=22),
            Came.YES_TO_ANOTHER_TIME,
        ),
        (_row(owner_id=uuid4()), _appointment(), START.replace(day=22), Came.YES_TO_ANOTHER_TIME),
        (_row(), _appointment(state="cancelled"), START.replace(day=22), Came.YES_TOO_LATE),
        (_row(), _appointment(state="requested"), START.replace(day=22), Came.YES_TOO_LATE),
        (_row(), _appointment(state="arrived"), START.replace(day=22), Came.YES_TOO_LATE),
        (_row(), _appointment(), START, Came.YES_TOO_LATE),
        (_row(), None, START.replace(day=22), Came.YES_TOO_LATE),
    ],
)
def test_what_a_yes_says_yes_to(
    row: Due, appointment: AppointmentFacts | None, now: datetime, expected: Confirm | Came
) -> None:
    """REM-17."""
    assert said_yes_to(row, appointment, now) == expected
