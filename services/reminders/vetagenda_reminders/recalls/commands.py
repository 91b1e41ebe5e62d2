"""Sends again what was sent, failed or was skipped: a row of its own, judged and worded anew (REM-12)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_reminders.ledger import queries as ledger
from vetagenda_reminders.ledger import steps
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.local_time import local_day, next_polite
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.recalls.queries import lock_subjects
from vetagenda_reminders.recalls.rules import RESEND, check_resendable, next_number, on_its_way
from vetagenda_reminders.tables import Reminder

OF_USE = timedelta(days=14)
"""Recalls wait first when the month's SMS are used up."""


async def resend(
    session: WriteSession, originals: Sequence[Reminder], known: Known, now: datetime, actor: Actor
) -> list[Reminder]:
    """The new rows in order; one that waits already stands for itself. Raises NotResendable."""
    subjects = {row.subject_id for row in originals}
    await lock_subjects(session, subjects)
    found: dict[UUID, list[Reminder]] = defaultdict(list)
    for row in await ledger.of_subjects(session, subjects):
        found[row.subject_id].append(row)
    numbers = {
        (row.subject_id, row.occurrence): next_number(found[row.subject_id], row.occurrence)
        for row in originals
    }
    again = []
    for row in originals:
        check_resendable(row)
        there = on_its_way(found[row.subject_id], row)
        if there is None:
            there = _again(row, numbers[row.subject_id, row.occurrence], known, now)
            _begin(session, row, there, now, actor)
            found[row.subject_id].append(there)
        again.append(there)
    return list({row.id: row for row in again}.values())


def _begin(session: WriteSession, original: Reminder, row: Reminder, now: datetime, actor: Actor) -> None:
    session.add(row)
    steps.note(session, original, Step.RESENT, actor, now)
    steps.note_made(session, [row], actor, now)
    tell(session, row, actor)


def _again(original: Reminder, number: int, known: Known, now: datetime) -> Reminder:
    zone = known.practice.zone
    due_at = next_polite(now, zone) if original.channel is Channel.SMS else now
    row = Reminder(
        id=uuid7(),
        practice_id=original.practice_id,
        subject_id=original.subject_id,
        subject_sequence=original.subject_sequence,
        rule=f"{RESEND}{number}",
        occurrence=original.occurrence,
        channel=original.channel,
        recipient_key=original.recipient_key,
        purpose=original.purpose,
        appointment_id=original.appointment_id,
        administration_id=original.administration_id,
        owner_id=original.owner_id,
        animal_ids=list(original.animal_ids),
        due_at=due_at,
        useful_until=now + OF_USE,
        send_on=local_day(due_at, zone),
        due_on=original.due_on,
        about_start=original.about_start,
        virtual=known.practice.now is not None,
        own_body=original.own_body,
        own_subject=original.own_subject,
    )
    _of_present_revision(row, known)
    return row


def _of_present_revision(row: Reminder, known: Known) -> None:
    """What goes with an appointment is said of it as it is now, and no longer than it is to come."""
    appointment = known.appointments.get(row.appointment_id) if row.appointment_id else None
    if row.purpose is not Purpose.PERSONAL or appointment is None:
        return
    row.subject_sequence, row.about_start = appointment.sequence, appointment.start
    row.owner_id = appointment.owner_id
    row.recipient_key = f"owner:{appointment.owner_id}"
    if row.due_at < appointment.start:
        row.useful_until = min(row.useful_until, appointment.start)
