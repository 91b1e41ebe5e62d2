"""What a subject takes begins earlier or ends later, or gives some of that up, around the same visit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Range
from sqlalchemy import func, select, update
from sqlmodel import col

from vetagenda_agenda.occupancy.commands import make_room
from vetagenda_agenda.occupancy.freed import Freed, note
from vetagenda_agenda.occupancy.locks import lock_calendars
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_agenda.tables import Occupancy
from vetagenda_kit.db import WriteSession

Period = tuple[datetime, datetime]


async def resize(
    session: WriteSession,
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    subject_id: UUID,
    during: Period,
    *,
    now: datetime,
) -> None:
    """Raises TimeTaken. Only what is added must be free: what was booked over something stays there."""
    await lock_calendars(session, calendar_ids)
    former = await _taken_by(session, subject_id) or during
    taken: set[UUID] = set()
    for more in beyond(during, former):
        taken.update(await make_room(session, practice_id, calendar_ids, more, now=now))
    if taken:
        raise TimeTaken(calendar_ids=[str(calendar) for calendar in sorted(taken)])
    await _become(session, practice_id, calendar_ids, subject_id, former, during)


async def shrink(
    session: WriteSession,
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    subject_id: UUID,
    within: Period,
) -> None:
    """Give up what lies outside `within`, for others that are put there before this one grows elsewhere."""
    await lock_calendars(session, calendar_ids)
    former = await _taken_by(session, subject_id) or within
    during = max(former[0], within[0]), min(former[1], within[1])
    await _become(session, practice_id, calendar_ids, subject_id, former, during)


async def _taken_by(session: WriteSession, subject_id: UUID) -> Period | None:
    """What is really taken: a visit that was over when its type changed has kept the former buffers."""
    edges = select(func.lower(col(Occupancy.during)), func.upper(col(Occupancy.during)))
    row = (await session.execute(edges.where(col(Occupancy.subject_id) == subject_id).limit(1))).first()
    return (row[0], row[1]) if row else None


async def _become(
    session: WriteSession,
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    subject_id: UUID,
    former: Period,
    during: Period,
) -> None:
    await session.execute(
        update(Occupancy)
        .where(col(Occupancy.subject_id) == subject_id)
        .values(during=Range(*during))
        .execution_options(synchronize_session=False)
    )
    for less in beyond(former, during):
        note(session, Freed(practice_id, subject_id, tuple(calendar_ids), less))


def beyond(one: Period, other: Period) -> list[Period]:
    """What `one` has before and after `other`, around the same visit."""
    edges = ((one[0], other[0]), (other[1], one[1]))
    return [(start, end) for start, end in edges if start < end]
