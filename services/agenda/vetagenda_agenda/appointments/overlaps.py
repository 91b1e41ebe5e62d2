"""Appointments as people see them: `overlaps` is the truth at the time of reading.

The word that is stored is what was true when the appointment was last laid down; history keeps it.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_agenda.appointments.schemas import AppointmentView
from vetagenda_agenda.occupancy.overlaps import overlapping
from vetagenda_agenda.tables import Appointment


async def seen(session: AsyncSession, rows: Sequence[Appointment]) -> list[AppointmentView]:
    """In the same order, with one statement for any number of them."""
    over = await overlapping(session, {row.id for row in rows})
    views = [AppointmentView.model_validate(row) for row in rows]
    return [view.model_copy(update={"overlaps": view.id in over}) for view in views]
