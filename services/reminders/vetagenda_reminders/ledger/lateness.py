"""Letters and calls that nobody did in time: what they say is over, so they leave the lists (REM-1).

A letter that was drawn while it was of use may lie in the post already: it waits some days to be marked.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import ReadSession
from vetagenda_kit.service import Service
from vetagenda_reminders.ledger import commands
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.tables import Reminder

BATCH = 500
TO_BE_MARKED = timedelta(days=7)


async def give_up_late(service: Service) -> None:
    """In live practices."""
    now = system_now()
    while await _give_up(service, now, col(Reminder.virtual).is_(False)):
        pass


async def give_up_late_of(service: Service, practice_id: UUID, until: datetime) -> list[str]:
    """In a test practice whose time has come to `until`; a line for each row."""
    lines: list[str] = []
    while rows := await _give_up(service, until, *_virtual(practice_id)):
        lines += [f"{row.rule} by {row.channel.value} too late: {row.id}" for row in rows]
    return lines


async def next_virtual_end(session: ReadSession, practice_id: UUID) -> datetime | None:
    """When the next letter or call of a test practice ceases to be of use."""
    ready = col(Reminder.status) == Status.READY
    of_use, drawn = col(Reminder.useful_until), col(Reminder.drawn_at).is_not(None)
    query = select(func.min(of_use).filter(~drawn), func.min(of_use).filter(drawn))
    undone, to_be_marked = (await session.execute(query.where(ready, *_virtual(practice_id)))).one()
    ends = (undone, to_be_marked + TO_BE_MARKED if to_be_marked else None)
    return min(filter(None, ends), default=None)


def _is_over(now: datetime) -> ColumnElement[bool]:
    of_use = col(Reminder.useful_until)
    undone = and_(col(Reminder.drawn_at).is_(None), of_use <= now)
    return or_(undone, of_use <= now - TO_BE_MARKED)


def _virtual(practice_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return col(Reminder.practice_id) == practice_id, col(Reminder.virtual).is_(True)


async def _give_up(service: Service, now: datetime, *whose: ColumnElement[bool]) -> list[Reminder]:
    query = (
        select(Reminder)
        .where(col(Reminder.status) == Status.READY, _is_over(now), *whose)
        .order_by(col(Reminder.useful_until), col(Reminder.id))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    async with service.db.jobs_writing() as session:
        rows = list(await session.scalars(query))
        for row in rows:
            actor = service.job("lateness")
            commands.finish(session, row, Status.SKIPPED, now, actor, reason=SkipReason.TOO_LATE)
    return rows
