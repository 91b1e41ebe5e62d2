"""What lies over what: on whose time something else lies, asked when somebody reads or accepts it.

Holds do not count: nobody sees them in the agenda, and they end by themselves.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# One pass over the times of the calendars that are asked about, by the edges of the times (ADR 22); the rows
# of a page are then compared with one another in memory.
_OTHERS = """
    WITH own AS MATERIALIZED (
        SELECT subject_id, practice_id, calendar_id, begins_at, ends_at
        FROM occupancy WHERE subject_id = ANY (:subjects)
    ),
    near AS MATERIALIZED (
        SELECT subject_id, calendar_id, kind, begins_at, ends_at FROM occupancy
        WHERE calendar_id = ANY ((SELECT array_agg(DISTINCT calendar_id) FROM own)::uuid[])
          AND ends_at > (SELECT min(begins_at) FROM own) AND begins_at < (SELECT max(ends_at) FROM own)
          AND kind <> 'hold'
    ),
    others AS (
        SELECT own.subject_id, near.kind, near.subject_id AS id, near.calendar_id,
               near.begins_at AS start, near.ends_at AS "end"
        FROM own JOIN near ON near.calendar_id = own.calendar_id AND near.subject_id <> own.subject_id
         AND near.ends_at > own.begins_at AND near.begins_at < own.ends_at
        UNION ALL
        SELECT own.subject_id, 'closure', closure.id, own.calendar_id, closure.start, closure."end"
        FROM own JOIN closure ON closure.practice_id = own.practice_id AND closure.deleted_at IS NULL
         AND closure.start < own.ends_at AND closure."end" > own.begins_at
    )
"""
_OVERLAPPING = text(f"{_OTHERS} SELECT DISTINCT subject_id FROM others")
_LYING_OVER = text(f'{_OTHERS} SELECT kind, id, calendar_id, start, "end" FROM others ORDER BY start, id')


@dataclass(frozen=True)
class Entry:
    """What takes a time, with its buffers: an appointment, a request, an absence or a closure."""

    kind: str
    id: UUID
    calendar_id: UUID
    start: datetime
    end: datetime


async def overlapping(session: AsyncSession, subject_ids: Collection[UUID]) -> set[UUID]:
    """Those over which something else lies, or which lie over something, in one statement."""
    if not subject_ids:
        return set()
    return set(await session.scalars(_OVERLAPPING, {"subjects": list(subject_ids)}))


async def lying_over(session: AsyncSession, subject_id: UUID) -> list[Entry]:
    """What shares the subject's time and calendars, by start; a closure once for each calendar."""
    rows = await session.execute(_LYING_OVER, {"subjects": [subject_id]})
    return [Entry(row.kind, row.id, row.calendar_id, row.start, row.end) for row in rows]
