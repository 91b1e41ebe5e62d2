"""What booking needs to judge starts: the type, the calendars, what is taken and what is booked."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated
from uuid import UUID

from asyncpg import Range
from pydantic import Field
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_agenda.occupancy.queries import INTERVALS
from vetagenda_agenda.partners.tables import PartnerActivation
from vetagenda_kit.models import Instant, RequestModel
from vetagenda_kit.problems import NotFound


class Question(RequestModel):
    """[from, to) should reach one buffer beyond the starts that are asked about.

    `leave_out` names holds and appointments that the asker would give up: as if they were not there.
    """

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    appointment_type_id: UUID
    leave_out: Annotated[list[UUID], Field(max_length=10)] = []


# PostgreSQL writes the answer as it goes out: whole arrays instead of rows, and nothing is read here.
_ANSWER = text(
    f"""
    WITH home AS (
        SELECT time_zone, locale, phone, coalesce(virtual_now, :now) AS now FROM practice WHERE id = :practice
    ),
    kind AS (
        SELECT * FROM appointment_type WHERE id = :type AND practice_id = :practice AND deleted_at IS NULL
    ),
    places AS (
        SELECT id, name, kind FROM calendar
        WHERE practice_id = :practice AND deleted_at IS NULL
          AND (CAST(:people AS uuid[]) IS NULL OR kind <> 'practitioner' OR id = ANY (:people))
    ),
    asked AS (SELECT ARRAY(SELECT id FROM places) AS calendars, now FROM home),
    {INTERVALS},
    living AS (
        SELECT calendar_ids, appointment_type_id, floor(extract(epoch FROM start))::bigint AS start
        FROM appointment
        WHERE practice_id = :practice AND status <> 'cancelled' AND start >= :begin AND start < :end
          AND NOT id = ANY (:leave_out)
    ),
    held AS (
        SELECT DISTINCT ON (subject_id) floor(extract(epoch FROM held_start))::bigint AS start
        FROM occupancy
        WHERE practice_id = :practice AND kind = 'hold' AND expires_at > (SELECT now FROM home)
          AND held_type_id = :type AND held_start >= :begin AND held_start < :end
          AND NOT subject_id = ANY (:leave_out)
    ),
    of_type AS (
        SELECT start FROM living WHERE appointment_type_id = :type UNION ALL SELECT start FROM held
    ),
    begun AS (
        SELECT each, array_agg(start ORDER BY start) AS starts
        FROM living, unnest(calendar_ids) AS each GROUP BY each
    )
    SELECT json_build_object(
        'now', home.now,
        'time_zone', home.time_zone,
        'locale', home.locale,
        'practice_phone', home.phone,
        'appointment_type', json_build_object(
            'id', kind.id,
            'name', kind.name,
            'duration_minutes', kind.duration_minutes,
            'durations', kind.durations,
            'buffer_before_minutes', kind.buffer_before_minutes,
            'buffer_after_minutes', kind.buffer_after_minutes,
            'requires', kind.requires,
            'bookable_online', kind.bookable_online,
            'mode', kind.mode,
            'species', kind.species,
            'hide_time', kind.hide_time,
            'arrival_window', kind.arrival_window
        ),
        'calendars', (
            SELECT coalesce(json_agg(places ORDER BY id), '[]') FROM places
        ),
        'busy', (
            SELECT coalesce(json_object_agg(id, json_build_array(
                coalesce(starts, ARRAY[]::bigint[]), coalesce(ends, ARRAY[]::bigint[]))), '{{}}')
            FROM places LEFT JOIN intervals ON calendar_id = id AND intervals.kind IS NULL
        ),
        'busy_by_kind', (
            SELECT coalesce(json_object_agg(why.kind, why.busy), '{{}}')
            FROM (SELECT intervals.kind, json_object_agg(calendar_id, json_build_array(starts, ends)) AS busy
                  FROM intervals WHERE intervals.kind IS NOT NULL GROUP BY intervals.kind) AS why
        ),
        'starts', (SELECT coalesce(json_object_agg(each, starts), '{{}}') FROM begun),
        'starts_of_type', (SELECT coalesce(json_agg(start ORDER BY start), '[]') FROM of_type)
    )::text
    FROM home, kind
    """
).bindparams(bindparam("during", type_=TSTZRANGE))


def _is_chosen(chosen: Collection[UUID] | None, asked: UUID) -> bool:
    return chosen is None or asked in chosen


async def answer(
    session: AsyncSession,
    practice_id: UUID,
    question: Question,
    now: datetime,
    active: PartnerActivation | None = None,
) -> str:
    """JSON from one statement, whatever the number of days and calendars. Raises NotFound for the type.

    All in epoch seconds, ascending: `busy` is calendar id -> [[starts], [ends]], `busy_by_kind` has the same
    for closures, absences and holds if there are any (the rest is appointments and requests); `starts` are
    those of living appointments by calendar id, `starts_of_type` those of the asked type and of live holds
    for it, each once. A partner is told of the practitioners and the types that were chosen for it; rooms
    and devices come along with them.
    """
    if active is not None and not _is_chosen(active.appointment_type_ids, question.appointment_type_id):
        raise NotFound("appointment_type_id: there is no such appointment type")
    told: str | None = await session.scalar(
        _ANSWER,
        {
            "practice": practice_id,
            "type": question.appointment_type_id,
            "begin": question.from_,
            "end": question.to,
            "during": Range(question.from_, question.to),
            "leave_out": question.leave_out,
            "now": now,
            "people": active.calendar_ids if active else None,
        },
    )
    if told is None:
        raise NotFound("appointment_type_id: there is no such appointment type")
    return told
