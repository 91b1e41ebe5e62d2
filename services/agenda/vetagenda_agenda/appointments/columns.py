"""One calendar's whole column, for who shows it elsewhere and asks again and again (SYNC-1).

The question is cheap while nothing has changed: one statement makes a fingerprint of all that the answer
would be made of, and only another one than the caller has is answered with everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import JSONResponse
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.appointments import queries
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.records import resource
from vetagenda_agenda.records.absences import AbsenceView, ClosureView
from vetagenda_agenda.records.calendars import CALENDARS
from vetagenda_agenda.tables import Absence, Appointment, Calendar, Closure, Practice
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read
from vetagenda_kit.routing import router

api = router(tags=["internal"], prefix="/internal/practices/{practice_id}/calendars/{calendar_id}")
api.include_in_schema = False
CANCELLED_SHOWN_DAYS = 14
Days = Annotated[int, Query(ge=0, le=1000)]

_SEEN = """
    WITH seen AS (
        SELECT id, version, updated_at, owner_id, animal_ids, appointment_type_id FROM appointment
        WHERE practice_id = :practice AND calendar_ids @> ARRAY[CAST(:calendar AS uuid)]
          AND "end" > :begin AND start < :end AND (status <> 'cancelled' OR updated_at > :cancelled_after)
    )
"""
_FINGERPRINT = text(f"""
    {_SEEN},
    met AS (
        SELECT 1 AS kind, id, version FROM seen
        UNION ALL SELECT 2, id, version FROM owner WHERE id IN (SELECT owner_id FROM seen)
        UNION ALL SELECT 3, id, version FROM animal WHERE id IN (SELECT unnest(animal_ids) FROM seen)
        UNION ALL SELECT 4, id, version FROM appointment_type
                  WHERE id IN (SELECT appointment_type_id FROM seen)
        UNION ALL SELECT 5, id, version FROM absence
                  WHERE calendar_id = :calendar AND deleted_at IS NULL AND "end" > :begin AND start < :end
        UNION ALL SELECT 6, id, version FROM closure
                  WHERE practice_id = :practice AND deleted_at IS NULL AND "end" > :begin AND start < :end
    )
    SELECT md5(string_agg(concat(kind, id, ' ', version), ',' ORDER BY kind, id)) FROM met
""")
_CHANGED = text(f"""
    {_SEEN}
    SELECT seen.id, greatest(
        seen.updated_at, owner.updated_at, appointment_type.updated_at,
        (SELECT max(updated_at) FROM animal WHERE animal.id = ANY (seen.animal_ids))
    ) FROM seen
    LEFT JOIN owner ON owner.id = seen.owner_id
    LEFT JOIN appointment_type ON appointment_type.id = seen.appointment_type_id
""")


@dataclass(frozen=True)
class Column:
    """A calendar from one midnight to another, where the practice is. It is the same all day long."""

    practice: Practice
    calendar: Calendar
    begin: datetime
    end: datetime

    @property
    def asked(self) -> dict[str, Any]:
        today = system_now().replace(hour=0, minute=0, second=0, microsecond=0)
        return {
            "practice": self.practice.id,
            "calendar": self.calendar.id,
            "begin": self.begin,
            "end": self.end,
            "cancelled_after": today - timedelta(days=CANCELLED_SHOWN_DAYS),
        }


@api.get("")
async def get_calendar(
    practice_id: UUID, calendar_id: UUID, session: Read, _caller: ServiceCaller
) -> dict[str, Any]:
    """{practice, calendar}: what both are called, and the practice's language and zone."""
    calendar = await resource.find(session, CALENDARS, practice_id, calendar_id)
    return _named(await practices.practice(session, practice_id), calendar)


@api.get("/column")
async def get_column(
    practice_id: UUID,
    calendar_id: UUID,
    session: Read,
    _caller: ServiceCaller,
    past_days: Days,
    future_days: Days,
    unless: str = "",
) -> JSONResponse:
    """{practice, calendar, fingerprint, items?, absences?, closures?}; the lists only when the fingerprint is
    another than `unless`. `items` are facts, with when anything in them `changed_at`."""
    practice = await practices.practice(session, practice_id)
    calendar = await resource.find(session, CALENDARS, practice_id, calendar_id)
    column = _between(practice, calendar, past_days, future_days)
    fingerprint = await _fingerprint(session, column)
    answer = _named(practice, calendar) | {"fingerprint": fingerprint}
    return JSONResponse(answer if fingerprint == unless else answer | await _contents(session, column))


def _named(practice: Practice, calendar: Calendar) -> dict[str, Any]:
    facts = practices.facts(practice).model_dump(mode="json")
    return {"practice": facts, "calendar": {"id": str(calendar.id), "name": calendar.name}}


def _between(practice: Practice, calendar: Calendar, past_days: int, future_days: int) -> Column:
    zone, today = ZoneInfo(practice.time_zone), practices.today(practice)
    first, after = today - timedelta(days=past_days), today + timedelta(days=future_days + 1)
    begin, end = (datetime.combine(day, time(), zone) for day in (first, after))
    return Column(practice, calendar, begin, end)


async def _fingerprint(session: AsyncSession, column: Column) -> str:
    met = await session.scalar(_FINGERPRINT, column.asked) or "nothing"
    return f"{met}-{column.practice.version}-{column.calendar.version}-{column.begin:%Y%m%d}"


async def _contents(session: AsyncSession, column: Column) -> dict[str, Any]:
    found = await session.execute(_CHANGED, column.asked)
    changed: dict[UUID, datetime] = {row[0]: row[1] for row in found}
    query = select(Appointment).where(col(Appointment.id).in_(changed)).order_by(col(Appointment.start))
    rows = (await session.scalars(query)).all()
    facts = await queries.facts(session, column.practice.id, rows)
    for row, item in zip(rows, facts["items"], strict=True):
        item["changed_at"] = changed[row.id].isoformat()
    return {
        "items": facts["items"],
        "absences": await _within(session, Absence, AbsenceView, column, calendar_id=column.calendar.id),
        "closures": await _within(session, Closure, ClosureView, column, practice_id=column.practice.id),
    }


async def _within(
    session: AsyncSession, table: Any, view: Any, column: Column, **whose: UUID
) -> Sequence[dict[str, Any]]:
    query = select(table).where(
        table.deleted_at.is_(None), table.end > column.begin, table.start < column.end
    )
    rows = await session.scalars(query.filter_by(**whose).order_by(table.start))
    return [
        view.model_validate(row).model_dump(mode="json") | {"changed_at": row.updated_at.isoformat()}
        for row in rows
    ]
