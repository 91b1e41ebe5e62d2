"""What a subject takes begins earlier or ends later, or gives some of that up, around the same visit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Range
from sqlalchemy import update
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
    former: Period,
    during: Period,
    *,
    now: datetime,
) -> None:
    """Raises TimeTaken. Only what is added must be free: what was booked over something stays there."""
    await lock_calendars(session, calendar_ids)
    taken: set[UUID] = set()
    for more in beyond(during, former):
        taken.update(await make_room(session, practice_id, calendar_ids, more, now=now))
    if taken:
        raise TimeTaken(calendar_ids=[str(calendar) for calendar in sorted(taken)])
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
