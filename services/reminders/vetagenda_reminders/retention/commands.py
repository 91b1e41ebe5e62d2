"""What the ledger forgets beside the texts that left (`ledger.commands.forget_texts`)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from vetagenda_kit.db import WriteSession
from vetagenda_reminders.ledger.vocabulary import WAITING, Purpose, Status
from vetagenda_reminders.tables import Reminder, ReminderStep

AT_ONCE = 500
_OPEN = (*WAITING, Status.SENDING)
_OWN = ("own_subject", "own_body", "call_note")


async def forget_own_words(session: WriteSession, before: datetime) -> None:
    """What a person wrote for a message that never left. While its visit is to come it may be wanted."""
    over = or_(col(Reminder.about_start).is_(None), col(Reminder.about_start) < before)
    ended = col(Reminder.recorded_at) < before, col(Reminder.status).not_in(_OPEN)
    written = or_(*(col(getattr(Reminder, name)).is_not(None) for name in _OWN))
    forgotten = update(Reminder).where(*ended, over, written).values(**dict.fromkeys(_OWN))
    await session.execute(forgotten.execution_options(synchronize_session=False))


async def forget_rows(session: WriteSession, practice_id: UUID | None, before: datetime) -> bool:
    """Messages about visits, and what told of those at the desk: of one test practice or of all live ones
    (None). True when there may be more.

    What waits stays, whatever its age, and a message that told of a visit whose own row stays.
    """
    other = aliased(Reminder)
    told = exists().where(col(other.merged_into) == col(Reminder.id), ~_is_past(other, before))
    past = select(col(Reminder.id)).where(_of(practice_id), _is_past(Reminder, before), ~told)
    some = past.limit(AT_ONCE).with_for_update(skip_locked=True, of=Reminder)
    ids = list((await session.scalars(some)).all())
    await session.execute(delete(ReminderStep).where(col(ReminderStep.reminder_id).in_(ids)))
    gone = delete(Reminder).where(col(Reminder.id).in_(ids))
    await session.execute(gone.execution_options(synchronize_session=False))
    return len(ids) == AT_ONCE


def _is_past(row: type[Reminder], before: datetime) -> ColumnElement[bool]:
    return (
        (col(row.finished_at) < before)
        & or_(col(row.appointment_id).is_not(None), col(row.purpose) == Purpose.MESSAGE)
        & or_(col(row.about_start).is_(None), col(row.about_start) < before)
        & col(row.status).not_in(_OPEN)
    )


def _of(practice_id: UUID | None) -> ColumnElement[bool]:
    return ~col(Reminder.virtual) if practice_id is None else col(Reminder.practice_id) == practice_id
