"""What is taken: one statement for all calendars and days."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Range
from sqlalchemy import and_, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.tables import Occupancy

LIES_IN = "ends_at > lower(:during) AND begins_at < upper(:during)"
"""Of a row of the occupancy table: it intersects the half-open range, and an index can tell."""
# Needs `asked`, one row of (calendars uuid[], now timestamptz). Closures count for every calendar. Merged
# here: a full agenda is a few intervals a day, whatever is booked in it. Under no kind is all that is taken;
# the kinds tell why. Whole epoch seconds, ascending.
INTERVALS = f"""
    taken AS (
        SELECT calendar_id, during, kind FROM occupancy
        WHERE calendar_id = ANY ((SELECT calendars FROM asked)::uuid[]) AND {LIES_IN}
          AND NOT subject_id = ANY (:leave_out) AND (kind <> 'hold' OR expires_at > (SELECT now FROM asked))
        UNION ALL
        SELECT unnest(calendars), tstzrange(start, "end"), 'closure' FROM closure, asked
        WHERE practice_id = :practice AND deleted_at IS NULL AND tstzrange(start, "end") && :during
    ),
    merged AS (
        SELECT NULL AS kind, calendar_id, unnest(range_agg(during)) AS during FROM taken GROUP BY calendar_id
        UNION ALL
        SELECT kind, calendar_id, unnest(range_agg(during)) FROM taken
        WHERE kind IN ('absence', 'closure', 'hold') GROUP BY kind, calendar_id
    ),
    intervals AS (
        SELECT kind, calendar_id,
               array_agg(floor(extract(epoch FROM lower(during)))::bigint ORDER BY during) AS starts,
               array_agg(ceil(extract(epoch FROM upper(during)))::bigint ORDER BY during) AS ends
        FROM merged GROUP BY kind, calendar_id
    )
"""
_BUSY = text(
    f"""
    WITH asked AS (SELECT CAST(:calendars AS uuid[]) AS calendars, CAST(:now AS timestamptz) AS now),
    {INTERVALS}
    SELECT kind, calendar_id, starts, ends FROM intervals
    """
).bindparams(bindparam("during", type_=TSTZRANGE))


@dataclass(frozen=True)
class Busy:
    """What is taken, by calendar id, as [[starts], [ends]] in whole epoch seconds: merged and ascending.

    `all` has every calendar; `by_kind` says why where it is no appointment or request: a closure,
    an absence or a hold.
    """

    all: dict[str, list[list[int]]]
    by_kind: dict[str, dict[str, list[list[int]]]]


async def busy(
    session: AsyncSession,
    practice_id: UUID,
    calendar_ids: list[UUID],
    during: tuple[datetime, datetime],
    now: datetime,
    leave_out: list[UUID],
) -> Busy:
    """Buffers included. `leave_out` are subjects (holds, appointments) that do not count."""
    rows = await session.execute(
        _BUSY,
        {
            "calendars": calendar_ids,
            "during": Range(*during),
            "now": now,
            "practice": practice_id,
            "leave_out": leave_out,
        },
    )
    found = Busy({str(calendar_id): [[], []] for calendar_id in calendar_ids}, {})
    for row in rows:
        of = found.all if row.kind is None else found.by_kind.setdefault(row.kind, {})
        of[str(row.calendar_id)] = [row.starts, row.ends]
    return found


async def is_kept(session: AsyncSession, calendar_id: UUID, now: datetime) -> bool:
    """Whether an absence or a living hold lies there from now on."""
    query = select(col(Occupancy.id)).where(
        col(Occupancy.calendar_id) == calendar_id,
        col(Occupancy.ends_at) > now,
        or_(
            col(Occupancy.kind) == "absence",
            and_(col(Occupancy.kind) == "hold", col(Occupancy.expires_at) > now),
        ),
    )
    return (await session.execute(query.limit(1))).first() is not None
