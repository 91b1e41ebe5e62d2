"""What a linked calendar had cancelled stands again: its event came back from the bin."""

from vetagenda_agenda.appointments import rules
from vetagenda_agenda.appointments.telling import Context, snapshot_of, tell, touch
from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.tables import Appointment
from vetagenda_contracts import agenda as events
from vetagenda_kit.db import WriteSession


async def reinstate(session: WriteSession, appointment: Appointment, context: Context) -> Appointment:
    """The same appointment, so that its owner hears of nothing when it was gone for a moment only (SYNC-8).
    It may overlap what took its time meanwhile. One that stands already is left alone."""
    if appointment.status != "cancelled":
        return appointment
    before, snapshot = rules.state(appointment), snapshot_of(appointment)
    appointment.status, appointment.cancelled_by, appointment.cancel_reason = "confirmed", None, None
    appointment.overlaps = await occupancy.take(
        session,
        appointment.practice_id,
        appointment.calendar_ids,
        rules.taken_by(appointment),
        kind="appointment",
        subject_id=appointment.id,
        now=context.now,
        own=[],
        may_overlap=True,
    )
    touch(appointment, resequence=True)
    tell(session, events.AppointmentRestored, appointment, context, before=before, snapshot=snapshot)
    return appointment
