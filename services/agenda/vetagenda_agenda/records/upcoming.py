"""The appointments that something laid over the agenda concerns."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.appointments.rules import LIVING
from vetagenda_agenda.occupancy.rules import LONGEST
from vetagenda_agenda.tables import Appointment


async def living_in(
    session: AsyncSession,
    practice_id: UUID,
    start: datetime,
    end: datetime,
    calendar_id: UUID | None = None,
) -> Sequence[Appointment]:
    """Visits and requests that take place in [start, end), by start; their buffers call nobody.

    Without a calendar in all of the practice.
    """
    query = select(Appointment).where(
        col(Appointment.practice_id) == practice_id,
        col(Appointment.status).in_(LIVING),
        col(Appointment.start) > start - LONGEST,  # lets the index on `start` tell where to begin
        col(Appointment.start) < end,
        col(Appointment.end) > start,
    )
    if calendar_id is not None:
        query = query.where(col(Appointment.calendar_ids).contains([calendar_id]))
    ordered = query.order_by(col(Appointment.start), col(Appointment.id))
    return (await session.scalars(ordered)).all()
