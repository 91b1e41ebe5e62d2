"""REM-4, REM-14: who heard of a visit hears of its end; the deceased have rows that say so."""

from typing import Any

import pytest
from reminders.appointments.test_messages import choose as choose_for
from reminders.appointments.test_messages import message, order, shown
from reminders.clinic import Clinic
from reminders.ledger.test_jobs import planned_without_sending, send
from reminders.ledger.worker import submissions
from reminders.mailbox import Mailbox
from reminders.reconciling.test_reconciling import write
from reminders.test_appointments import internally, requested

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T11:00:00+01:00"


async def cancelled(clinic: Clinic, **body: Any) -> dict[str, str]:
    """Booked a moment ago with its confirmation held, then cancelled: what became of its messages."""
    appointment = await clinic.book(WEDNESDAY, **body)
    await clinic.advance("PT5M")
    await clinic.act(appointment, "cancel")
    await clinic.advance("PT1H")
    return await clinic.statuses()


async def test_who_was_reminded_by_hand_before_any_plan_hears_of_the_end(
    clinic: Clinic, mailbox: Mailbox
) -> None:
    """REM-4: the visit was never planned, so nothing but the ledger knows that the owner heard of it."""
    await clinic.choose(notices=["email"])
    appointment = await clinic.book(WEDNESDAY)
    await order(clinic, appointment, channels=["email"])
    await clinic.advance("PT0S")
    ordered_by_hand = "rule LIKE 'immediate%'"
    await write(clinic, "reminders", "DELETE FROM appointment_plan WHERE practice_id = :practice")
    others = f"DELETE FROM reminder WHERE practice_id = :practice AND NOT {ordered_by_hand}"
    await write(clinic, "reminders", others)
    await clinic.act(appointment, "cancel")
    assert await clinic.statuses() == {"immediate:1/email@0": "sent", "cancelled/email@1": "sent"}
    assert "annulé" in mailbox.to(clinic.email)[-1]["Subject"]


async def test_who_heard_nothing_hears_of_no_end(clinic: Clinic) -> None:
    """REM-4: the confirmation that was held ends with its reason, and nothing else is said."""
    await clinic.choose(confirmation_after_minutes=15)
    assert await cancelled(clinic) == {
        "confirmation/sms@0": "superseded",
        "reminder_1/sms@0": "withdrawn",
        "push_25h/push@0": "withdrawn",
        "push_1h/push@0": "withdrawn",
    }
    assert await clinic.texts() == []
    (row,) = await clinic.ledger(purpose="confirmation")
    assert row["status"] == "withdrawn"


async def test_one_word_is_enough_to_hear_of_the_end(clinic: Clinic) -> None:
    """REM-4: while the confirmation was held, a person reminded the owner at once."""
    await clinic.choose(confirmation_after_minutes=15)
    appointment = await clinic.book(WEDNESDAY)
    await order(clinic, appointment, channels=["sms"])
    await clinic.advance("PT5M")
    await clinic.act(appointment, "cancel")
    assert [text.split()[4] for text in await clinic.texts()] == ["rappelle", "rendez-vous"]


async def test_where_nothing_is_confirmed_the_end_is_told(clinic: Clinic) -> None:
    """REM-4: agreed by telephone, so the owner comes unless somebody tells."""
    await clinic.choose(confirmation=[])
    statuses = await cancelled(clinic)
    assert statuses["cancelled/sms@1"] == "sent"


@pytest.mark.parametrize("what", ["request", "booking"])
async def test_who_asked_for_the_visit_always_gets_an_answer(clinic: Clinic, what: str) -> None:
    """REM-4: by a partner's app, before any word of ours has left."""
    await clinic.choose(confirmation_after_minutes=15, request_received=[])
    appointment = await requested(clinic, WEDNESDAY)
    if what == "booking":
        await internally(clinic, appointment, "accept")
    await clinic.act(appointment, "cancel")
    (only,) = await clinic.texts()
    assert "annulé" in only


async def test_a_confirmation_that_is_called_back_is_no_word(clinic: Clinic) -> None:
    """REM-4, R9: ordered of the sms service, stopped before a carrier had it: then no end is told alone."""
    (appointment,) = await planned_without_sending(clinic)
    await send(clinic)
    assert await submissions(clinic) == {}
    await clinic.act(appointment, "cancel")
    await clinic.advance("PT1H")
    assert await clinic.texts() == []
    told = [row for row in await clinic.ledger() if row["purpose"] in ("confirmation", "cancelled")]
    assert {(row["purpose"], row["status"]) for row in told} == {("confirmation", "withdrawn")}


async def test_the_visit_of_the_deceased_says_why_nothing_is_sent(clinic: Clinic) -> None:
    """REM-14: booked when the animal was dead already, or moved after its death."""
    moved = await clinic.book(WEDNESDAY)
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2026-11-17")
    booked = await clinic.book("2026-11-27T10:00:00+01:00")
    await clinic.act(moved, "reschedule", start=THURSDAY)
    names = {"reminder_1/sms", "push_25h/push", "push_1h/push"}
    late = await clinic.statuses(appointment_id=booked["id"])
    assert late == {f"{name}@0": "deceased" for name in {"confirmation/sms", *names}}
    after = await clinic.statuses(appointment_id=moved["id"])
    told = {name: became for name, became in after.items() if name.endswith("@1")}
    assert told == {f"{name}@1": "deceased" for name in {"rescheduled/sms", *names}}
    assert len(await clinic.texts()) == 1
    view = (await shown(clinic, booked))["reminder_1/sms"]
    assert (view["enabled"], view["status"], view["skip_reason"]) == (True, "skipped", "deceased")


async def test_a_confirmation_that_is_ordered_for_the_deceased_says_so(clinic: Clinic) -> None:
    """REM-14, REM-2."""
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2026-11-17")
    appointment = await clinic.book(WEDNESDAY)
    await choose_for(clinic, appointment, message("confirmation", "email"))
    assert (await clinic.statuses())["confirmation/email@0"] == "deceased"


async def test_a_death_that_was_none_brings_the_reminders_back(clinic: Clinic) -> None:
    """REM-4, REM-14: written by mistake, and corrected before anything was due."""
    await clinic.book(WEDNESDAY)
    planned = await clinic.statuses()
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2026-11-17")
    await clinic.advance("PT0S")
    dead = await clinic.statuses()
    assert {dead[name] for name, status in planned.items() if status == "planned"} == {"deceased"}
    await clinic.change(f"animals/{clinic.animal}", deceased_on=None)
    await clinic.advance("PT0S")
    assert await clinic.statuses() == planned
