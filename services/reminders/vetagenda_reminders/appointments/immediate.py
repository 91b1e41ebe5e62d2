"""A reminder that a person orders to be sent now (REM-15)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import Conflict
from vetagenda_kit.tracing import traceparent
from vetagenda_reminders.appointments import marking
from vetagenda_reminders.appointments.rules import Planned, polite
from vetagenda_reminders.appointments.schemas import SendMessage
from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts, State
from vetagenda_reminders.ledger import steps
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.vocabulary import IMMEDIATE, Channel, Purpose, Status
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates.lengths import check_sms
from vetagenda_reminders.templates.rules import APPOINTMENT, check_fields


class NothingToRemind(Conflict):
    code = "nothing-to-remind"
    title = "There is nothing to remind anybody of"


async def order(
    session: WriteSession,
    practice: PracticeFacts,
    appointment: AppointmentFacts,
    wanted: SendMessage,
    now: datetime,
    actor: Actor,
) -> list[Reminder]:
    """One row a channel, judged like every other when it leaves. Raises NothingToRemind, InvalidRequest."""
    check_fields(wanted.text or "", "/text", APPOINTMENT)
    if Channel.SMS in wanted.channels:
        check_sms(wanted.text or "", "/text")
    check(appointment, now)
    number = await _next_number(session, appointment.id)
    rows = [_row(practice, appointment, channel, number, wanted, now) for channel in wanted.channels]
    session.add_all(rows)
    steps.note_made(session, rows, actor, now)
    for row in rows:
        tell(session, row, actor)
    await session.flush()
    await marking.plan_one_again(session, appointment.id)
    return rows


def check(appointment: AppointmentFacts, now: datetime) -> None:
    if appointment.state is not State.CONFIRMED:
        raise NothingToRemind("the appointment is not confirmed", appointment_status=appointment.state.value)
    if now >= appointment.start:
        raise NothingToRemind("the appointment has begun")
    if appointment.owner is None:
        raise NothingToRemind("the appointment has no owner")


async def _next_number(session: WriteSession, appointment_id: UUID) -> int:
    """Two orders at the same moment get two numbers: the second waits for the first."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(appointment_id), 15))))
    ordered = select(func.count(func.distinct(col(Reminder.rule)))).where(
        col(Reminder.subject_id) == appointment_id, col(Reminder.rule).startswith(IMMEDIATE)
    )
    return int(await session.scalar(ordered) or 0) + 1


def _row(
    practice: PracticeFacts,
    appointment: AppointmentFacts,
    channel: Channel,
    number: int,
    wanted: SendMessage,
    now: datetime,
) -> Reminder:
    expected = appointment.expected_at(practice.zone)
    rule = f"{IMMEDIATE}{number}"
    planned = polite(Planned(rule, Purpose.REMINDER, channel, now, expected), practice.zone, now)
    return Reminder(
        id=uuid7(),
        practice_id=practice.id,
        subject_id=appointment.id,
        subject_sequence=appointment.sequence,
        rule=rule,
        channel=channel,
        recipient_key=f"owner:{appointment.owner_id}",
        purpose=Purpose.REMINDER,
        appointment_id=appointment.id,
        owner_id=appointment.owner_id,
        animal_ids=[animal.id for animal in appointment.animals],
        status=Status.SKIPPED if planned.skip else Status.PLANNED,
        skip_reason=planned.skip,
        finished_at=now if planned.skip else None,
        due_at=planned.due_at,
        useful_until=planned.useful_until,
        send_on=local_day(planned.due_at, practice.zone),
        about_start=appointment.start,
        hid_time=appointment.hides_time,
        virtual=practice.now is not None,
        own_body=wanted.text,
        traceparent=traceparent(),
    )
