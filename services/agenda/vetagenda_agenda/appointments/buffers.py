"""The minutes that a type keeps free around a visit, kept on the appointment and so for its later moves."""

from vetagenda_agenda.appointments import references, rules
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.occupancy.resizing import resize
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_agenda.tables import Appointment
from vetagenda_kit.db import WriteSession

_NO_ROOM = (
    "there is no room for the buffers of the new type: move the visit to where there is, then"
    " change its type; or cancel it and book it anew with an override"
)


async def take_those_of_its_type(session: WriteSession, appointment: Appointment, context: Context) -> None:
    """Raises TimeTaken. A visit that is over needs no room for them any more."""
    kind = await references.appointment_type(session, appointment.appointment_type_id)
    appointment.buffer_before_minutes = kind.buffer_before_minutes if kind else 0
    appointment.buffer_after_minutes = kind.buffer_after_minutes if kind else 0
    if appointment.status not in rules.LIVING or appointment.end <= context.now:
        return
    try:
        await resize(
            session,
            appointment.practice_id,
            appointment.calendar_ids,
            appointment.id,
            rules.taken_by(appointment),
            now=context.now,
        )
    except TimeTaken as taken:
        raise TimeTaken(_NO_ROOM, **taken.members) from taken
