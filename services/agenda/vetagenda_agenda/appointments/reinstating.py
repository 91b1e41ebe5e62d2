"""What stands in a linked calendar stands in the agenda: an event that came back from the bin, or one that a
restored agenda has forgotten in that calendar."""

from collections.abc import Collection
from uuid import UUID

from vetagenda_agenda.appointments import commands, rules
from vetagenda_agenda.appointments.schemas import Reschedule
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


async def join(
    session: WriteSession,
    appointment: Appointment,
    calendar_id: UUID,
    gone_from: Collection[UUID],
    context: Context,
) -> Appointment:
    """In this calendar too, and not in those that it is gone from; what was cancelled stands again there, and
    nowhere else. Raises NotFound."""
    if appointment.status == "cancelled":
        appointment.calendar_ids = [calendar_id]
        return await reinstate(session, appointment, context)
    stays = {*appointment.calendar_ids} - {*gone_from}
    return await _in(session, appointment, stays | {calendar_id}, context)


async def leave(
    session: WriteSession, appointment: Appointment, calendar_id: UUID, context: Context
) -> Appointment:
    """In its other calendars only; one that has no other is left alone."""
    return await _in(session, appointment, {*appointment.calendar_ids} - {calendar_id}, context)


async def _in(
    session: WriteSession, appointment: Appointment, calendar_ids: set[UUID], context: Context
) -> Appointment:
    if not calendar_ids or appointment.status == "cancelled":
        return appointment
    there = Reschedule(start=appointment.start, end=appointment.end, calendar_ids=sorted(calendar_ids))
    return await commands.reschedule(session, appointment, there, context, lenient=True)
