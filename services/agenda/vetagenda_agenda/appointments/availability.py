"""What booking needs to judge starts: the type, the calendars, what is taken and what is booked."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.appointments.queries import epoch
from vetagenda_agenda.occupancy import queries as occupancy
from vetagenda_agenda.practices.queries import practice
from vetagenda_agenda.records.appointment_types import AppointmentTypeView
from vetagenda_agenda.tables import AppointmentType, Calendar
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


# Whole arrays instead of rows: thousands of appointments cost little to read and to send.
_STARTS = text(
    """
    WITH living AS (
        SELECT calendar_ids, appointment_type_id, floor(extract(epoch FROM start))::bigint AS start
        FROM appointment
        WHERE practice_id = :practice AND status <> 'cancelled' AND start >= :begin AND start < :end
          AND NOT id = ANY (:leave_out)
    )
    SELECT each AS calendar_id, array_agg(start ORDER BY start) AS starts
    FROM living, unnest(calendar_ids) AS each GROUP BY each
    UNION ALL
    SELECT NULL, array_agg(start ORDER BY start) FROM living WHERE appointment_type_id = :type
    """
)


async def answer(
    session: AsyncSession, practice_id: UUID, question: Question, now: datetime
) -> dict[str, Any]:
    """Six statements, whatever the number of days and calendars.

    All in epoch seconds, ascending: `busy` is calendar id -> [[starts], [ends]], `busy_by_kind` has the same
    for closures, absences and holds if there are any (the rest is appointments and requests); `starts` are
    those of living appointments by calendar id, `starts_of_type` those of the asked type, each once.
    """
    home = await practice(session, practice_id)
    kind = await session.get(AppointmentType, question.appointment_type_id)
    if kind is None or kind.deleted_at is not None:
        raise NotFound("appointment_type_id: there is no such appointment type")
    calendars = await _calendars(session, practice_id)
    ids = [calendar["id"] for calendar in calendars]
    during = (question.from_, question.to)
    starts, starts_of_type = await _starts(session, practice_id, question)
    busy = await occupancy.busy(session, practice_id, ids, during, now, question.leave_out)
    return {
        "now": now.isoformat(),
        "time_zone": home.time_zone,
        "practice_phone": home.phone,
        "agenda_epoch": str(await epoch(session)),
        "appointment_type": AppointmentTypeView.model_validate(kind).model_dump(mode="json", by_alias=True),
        "calendars": [{**calendar, "id": str(calendar["id"])} for calendar in calendars],
        "busy": busy.all,
        "busy_by_kind": busy.by_kind,
        "starts": starts,
        "starts_of_type": starts_of_type,
    }


async def _calendars(session: AsyncSession, practice_id: UUID) -> list[dict[str, Any]]:
    query = (
        select(col(Calendar.id), col(Calendar.name), col(Calendar.kind))
        .where(col(Calendar.practice_id) == practice_id, col(Calendar.deleted_at).is_(None))
        .order_by(col(Calendar.id))
    )
    return [dict(row) for row in (await session.execute(query)).mappings()]


async def _starts(
    session: AsyncSession, practice_id: UUID, question: Question
) -> tuple[dict[str, list[int]], list[int]]:
    rows = await session.execute(
        _STARTS,
        {
            "practice": practice_id,
            "begin": question.from_,
            "end": question.to,
            "leave_out": question.leave_out,
            "type": question.appointment_type_id,
        },
    )
    found = {row.calendar_id: row.starts for row in rows}
    of_type = found.pop(None, None) or []
    return {str(calendar_id): starts for calendar_id, starts in found.items()}, of_type
