"""What booking needs to judge starts: the type, the calendars, what is taken and what is booked."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.appointments.queries import epoch
from vetagenda_agenda.occupancy import queries as occupancy
from vetagenda_agenda.practices.queries import practice
from vetagenda_agenda.records.appointment_types import AppointmentTypeView
from vetagenda_agenda.tables import Appointment, AppointmentType, Calendar
from vetagenda_kit.models import Instant, RequestModel
from vetagenda_kit.problems import NotFound


class Question(RequestModel):
    """[from, to) should reach one buffer beyond the starts that are asked about."""

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    appointment_type_id: UUID


async def answer(
    session: AsyncSession, practice_id: UUID, question: Question, now: datetime
) -> dict[str, Any]:
    """Six statements, whatever the number of days and calendars.

    `busy` is calendar id -> [[start, end, hold id or null]] in epoch seconds; `booked` lists living
    appointments as {appointment_id, appointment_type_id, calendar_ids, start}.
    """
    home = await practice(session, practice_id)
    kind = await session.get(AppointmentType, question.appointment_type_id)
    if kind is None or kind.deleted_at is not None:
        raise NotFound("appointment_type_id: there is no such appointment type")
    calendars = await _calendars(session, practice_id)
    ids = [calendar["id"] for calendar in calendars]
    during = (question.from_, question.to)
    return {
        "now": now.isoformat(),
        "time_zone": home.time_zone,
        "practice_phone": home.phone,
        "agenda_epoch": str(await epoch(session)),
        "appointment_type": AppointmentTypeView.model_validate(kind).model_dump(mode="json", by_alias=True),
        "calendars": [{**calendar, "id": str(calendar["id"])} for calendar in calendars],
        "busy": await occupancy.busy(session, practice_id, ids, during, now),
        "booked": await _booked(session, practice_id, during),
    }


async def _calendars(session: AsyncSession, practice_id: UUID) -> list[dict[str, Any]]:
    query = (
        select(col(Calendar.id), col(Calendar.name), col(Calendar.kind))
        .where(col(Calendar.practice_id) == practice_id, col(Calendar.deleted_at).is_(None))
        .order_by(col(Calendar.id))
    )
    return [dict(row) for row in (await session.execute(query)).mappings()]


async def _booked(
    session: AsyncSession, practice_id: UUID, during: tuple[datetime, datetime]
) -> list[dict[str, Any]]:
    query = select(
        col(Appointment.id),
        col(Appointment.appointment_type_id),
        col(Appointment.calendar_ids),
        col(Appointment.start),
    ).where(
        col(Appointment.practice_id) == practice_id,
        col(Appointment.status) != "cancelled",
        col(Appointment.start) >= during[0],
        col(Appointment.start) < during[1],
    )
    return [
        {
            "appointment_id": str(row.id),
            "appointment_type_id": str(row.appointment_type_id) if row.appointment_type_id else None,
            "calendar_ids": [str(each) for each in row.calendar_ids],
            "start": int(row.start.timestamp()),
        }
        for row in await session.execute(query)
    ]
