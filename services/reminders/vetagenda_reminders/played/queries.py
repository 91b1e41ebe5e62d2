"""What left, or would have, within a stretch of a practice's time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_kit.db import ReadSession
from vetagenda_reminders.ledger.vocabulary import Status
from vetagenda_reminders.played.schemas import Played, PlayedMessage
from vetagenda_reminders.tables import Reminder

MOST = 2000
_OUTCOMES = (Status.SENT, Status.FAILED, Status.SKIPPED, Status.READY)


async def played(session: ReadSession, practice_id: UUID, since: datetime, until: datetime) -> Played:
    """From `since` to before `until`, in an order that depends on no id where two messages differ."""
    at = func.coalesce(col(Reminder.finished_at), col(Reminder.due_at))
    words = (
        col(Reminder.rule),
        col(Reminder.ladder_step),
        col(Reminder.channel),
        col(Reminder.subject),
        col(Reminder.body),
    )
    query = select(Reminder).where(
        col(Reminder.practice_id) == practice_id,
        col(Reminder.status).in_(_OUTCOMES),
        at >= since,
        at < until,
    )
    rows = list(await session.scalars(query.order_by(at, *words, col(Reminder.id)).limit(MOST + 1)))
    return Played(messages=[PlayedMessage.of(row) for row in rows[:MOST]], complete=len(rows) <= MOST)
