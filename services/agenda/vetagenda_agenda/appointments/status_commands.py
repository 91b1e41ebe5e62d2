"""An appointment's way: declined, cancelled, arrived, completed, missed."""

from typing import Literal
from zoneinfo import ZoneInfo

from vetagenda_agenda.appointments import rules
from vetagenda_agenda.appointments.schemas import Cancel
from vetagenda_agenda.appointments.telling import Context, snapshot_of, tell, touch
from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.practices.queries import practice
from vetagenda_agenda.tables import Appointment
from vetagenda_agenda.updates import commands as updates
from vetagenda_contracts import agenda as events
from vetagenda_contracts.agenda import AppointmentEvent
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version


async def cancel(
    session: WriteSession, appointment: Appointment, request: Cancel, context: Context
) -> Appointment:
    """Free the time at once. Cancelling what is cancelled already changes nothing."""
    if appointment.status == "cancelled":
        return appointment
    kind = events.AppointmentCancelled
    await _end(session, appointment, request.by, request.reason, kind, context, told=request.told)
    if request.by == "owner":
        updates.add(session, appointment, "cancelled_by_owner", context.now)
    return appointment


async def decline(
    session: WriteSession, appointment: Appointment, reason: str, context: Context, *, expired: bool = False
) -> Appointment:
    """Turn a request down, or let it expire: its time is free again."""
    if appointment.status == "cancelled":
        return appointment
    if appointment.status != "requested":
        raise rules.StatusConflict("it is no open request", current_status=appointment.status)
    kind: type[AppointmentEvent] = events.AppointmentExpired if expired else events.AppointmentDeclined
    await _end(session, appointment, "practice", reason, kind, context)
    return appointment


async def _end(
    session: WriteSession,
    appointment: Appointment,
    by: Literal["owner", "practice"],
    reason: str,
    kind: type[AppointmentEvent],
    context: Context,
    *,
    told: events.Told | None = None,
) -> None:
    """`told` says who is told of it, where that was chosen."""
    rules.check_transition(appointment.status, "cancelled")
    before, snapshot = rules.state(appointment), snapshot_of(appointment)
    await occupancy.release(session, appointment.id)
    await updates.close(session, appointment.id, context)
    appointment.status = "cancelled"
    appointment.cancelled_by, appointment.cancel_reason, appointment.expires_at = by, reason, None
    touch(appointment, resequence=True)
    tell(session, kind, appointment, context, before=before, snapshot=snapshot, told=told)


async def confirm_by_owner(
    session: WriteSession, appointment: Appointment, sequence: int, context: Context
) -> Appointment:
    """The owner says that the visit will be. Raises StaleVersion for another revision, StatusConflict."""
    rules.check_confirmable(appointment.status)
    check_version(sequence, appointment.sequence)
    if appointment.confirmed_by_owner_at is not None:
        return appointment
    before, snapshot = rules.state(appointment), snapshot_of(appointment)
    appointment.confirmed_by_owner_at = context.now
    touch(appointment)
    tell(
        session,
        events.AppointmentUpdated,
        appointment,
        context,
        before=before,
        snapshot=snapshot,
        fields=["confirmed_by_owner_at"],
    )
    return appointment


_STEPS: dict[str, type[AppointmentEvent]] = {
    "arrived": events.AppointmentArrived,
    "completed": events.AppointmentCompleted,
    "no_show": events.AppointmentMissed,
}


async def advance(
    session: WriteSession,
    appointment: Appointment,
    status: Literal["arrived", "completed", "no_show"],
    context: Context,
) -> Appointment:
    """The visit goes on: arrived, completed, or nobody came. Raises StatusConflict, TooEarly."""
    if appointment.status == status:
        return appointment
    rules.check_transition(appointment.status, status)
    home = await practice(session, appointment.practice_id)
    rules.check_time(status, appointment.start, context.now, ZoneInfo(home.time_zone))
    before, snapshot = rules.state(appointment), snapshot_of(appointment)
    appointment.status = status
    touch(appointment)
    tell(session, _STEPS[status], appointment, context, before=before, snapshot=snapshot)
    return appointment
