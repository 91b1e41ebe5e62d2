"""What is taken: one statement for all calendars and days."""

from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Range
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.tables import Occupancy

# The two halves use the two partial indexes; closures count for every calendar.
_BUSY = text(
    """
    SELECT calendar_id, floor(extract(epoch FROM lower(during)))::bigint,
           ceil(extract(epoch FROM upper(during)))::bigint,
           CASE WHEN kind = 'hold' THEN subject_id END
    FROM occupancy
    WHERE exclusive AND calendar_id = ANY (:calendars) AND during && :during
      AND (expires_at IS NULL OR kind <> 'hold' OR expires_at > :now)
    UNION ALL
    SELECT calendar_id, floor(extract(epoch FROM lower(during)))::bigint,
           ceil(extract(epoch FROM upper(during)))::bigint,
           NULL
    FROM occupancy
    WHERE NOT exclusive AND calendar_id = ANY (:calendars) AND during && :during
    UNION ALL
    SELECT NULL, floor(extract(epoch FROM start))::bigint, ceil(extract(epoch FROM "end"))::bigint, NULL
    FROM closure
    WHERE practice_id = :practice AND deleted_at IS NULL AND tstzrange(start, "end") && :during
    """
).bindparams(bindparam("during", type_=TSTZRANGE))


async def busy(
    session: AsyncSession,
    practice_id: UUID,
    calendar_ids: list[UUID],
    during: tuple[datetime, datetime],
    now: datetime,
) -> dict[str, list[list[Any]]]:
    """Calendar id -> [[start, end, hold id or null], ...] in whole epoch seconds around it, unmerged."""
    rows = await session.execute(
        _BUSY,
        {"calendars": calendar_ids, "during": Range(*during), "now": now, "practice": practice_id},
    )
    taken: dict[str, list[list[Any]]] = {str(calendar_id): [] for calendar_id in calendar_ids}
    for calendar_id, start, end, hold_id in rows:
        entry = [start, end, str(hold_id) if hold_id else None]
        for name in [str(calendar_id)] if calendar_id else taken:
            taken[name].append(entry)
    return taken


async def is_taken(session: AsyncSession, calendar_id: UUID) -> bool:
    query = select(col(Occupancy.id)).where(col(Occupancy.calendar_id) == calendar_id).limit(1)
    return (await session.execute(query)).first() is not None
