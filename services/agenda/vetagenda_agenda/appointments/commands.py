"""Booking, moving, changing. Each command is one transaction, one history entry and one event."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.appointments import buffers, proposals, references, rules
from vetagenda_agenda.appointments.references import References
from vetagenda_agenda.appointments.schemas import (
    AppointmentPatch,
    InternalReschedule,
    NewAppointment,
    PutAppointment,
    Reschedule,
    SyncPatch,
)
from vetagenda_agenda.appointments.telling import Context, snapshot_of, tell, touch
from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.occupancy.locks import lock_calendars
from vetagenda_agenda.occupancy.rules import TimeTaken, check_period
from vetagenda_agenda.tables import Appointment
from vetagenda_agenda.updates import commands as updates
from vetagenda_contracts import agenda as events
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest


async def book(
    session: WriteSession,
    practice_id: UUID,
    request: NewAppointment,
    context: Context,
    *,
    appointment_id: UUID | None = None,
) -> Appointment:
    """Take the time and say so. Raises TimeTaken, CapReached, NotFound, InvalidRequest."""
    refs = await references.of(session, practice_id, request)
    order = request if isinstance(request, PutAppointment) else PutAppointment(**_staff(request))
    appointment = _new(practice_id, order, refs, context, appointment_id or uuid7())
    check_period(appointment.start, appointment.end)
    own = [order.hold_id] if order.hold_id else []
    await occupancy.check_caps(session, [cap.cap() for cap in order.caps], now=context.now, own=own)
    await _occupy(
        session,
        appointment,
        context,
        may_overlap=order.allow_overlap or order.override is not None,
        own=own,
    )
    session.add(appointment)
    requested = appointment.status == "requested"
    if requested:
        updates.add(session, appointment, "request", context.now)
    elif order.needs_completion and order.source in rules.ON_DEVICE:
        updates.add(session, appointment, "typed_on_device", context.now)
        _note_overlap(session, appointment, context)
    kind = events.AppointmentRequested if requested else events.AppointmentBooked
    tell(session, kind, appointment, context, before=None, told=order.told)
    return appointment


def _note_overlap(session: WriteSession, appointment: Appointment, context: Context) -> None:
    """What a device lays over something is never refused, so somebody looks at it (SYNC-9)."""
    if appointment.overlaps:
        updates.add(session, appointment, "overlaps_on_device", context.now)


def _staff(request: NewAppointment) -> dict[str, Any]:
    return {**request.model_dump(), "source": "staff"}


def _new(
    practice_id: UUID, order: PutAppointment, refs: References, context: Context, appointment_id: UUID
) -> Appointment:
    kind = refs.appointment_type
    if order.end is None and kind is None:
        raise InvalidRequest.at("/end", "without a type the end must be given")
    length = rules.duration_of(kind, order.calendar_ids) if kind else timedelta()
    end = order.end or order.start + length
    recorded = system_now()
    return Appointment(
        id=appointment_id,
        practice_id=practice_id,
        uid=rules.uid_of(appointment_id),
        status=order.status,
        start=order.start,
        end=end,
        buffer_before_minutes=kind.buffer_before_minutes if kind else 0,
        buffer_after_minutes=kind.buffer_after_minutes if kind else 0,
        calendar_ids=order.calendar_ids,
        appointment_type_id=order.appointment_type_id,
        owner_id=refs.owner_id,
        owner_name=order.owner_name,
        animal_ids=refs.animal_ids,
        title=order.title,
        description=order.description,
        notes=order.notes,
        phone=order.phone,
        source=order.source,
        published=order.published,
        needs_completion=order.needs_completion,
        override_reason=order.override.reason if order.override else None,
        expires_at=order.expires_at if order.status == "requested" else None,
        created_at=recorded,
        updated_at=recorded,
    )


async def _occupy(
    session: WriteSession,
    appointment: Appointment,
    context: Context,
    *,
    may_overlap: bool,
    own: list[UUID] | None = None,
) -> None:
    appointment.overlaps = await occupancy.take(
        session,
        appointment.practice_id,
        appointment.calendar_ids,
        rules.taken_by(appointment),
        kind="request" if appointment.status == "requested" else "appointment",
        subject_id=appointment.id,
        now=context.now,
        own=own or [],
        may_overlap=may_overlap,
    )


async def reschedule(
    session: WriteSession,
    appointment: Appointment,
    request: Reschedule,
    context: Context,
    *,
    lenient: bool = False,
) -> Appointment:
    """Move it, keeping its identity: the new time is taken and the old one freed at once (AGD-4).

    `lenient` is for moves made in a remote calendar: they may overlap and are never refused.
    """
    rules.check_living(appointment.status)
    before, snapshot = rules.state(appointment), snapshot_of(appointment)
    length = appointment.end - appointment.start
    start, end = request.start, request.end or request.start + length
    calendar_ids = request.calendar_ids or appointment.calendar_ids
    check_period(start, end)
    if not rules.moved(before, start, end, calendar_ids):
        return appointment
    if not lenient:
        await references.check_calendars(session, appointment.appointment_type_id, calendar_ids)
    if isinstance(request, InternalReschedule):
        await _check_caps(session, appointment, request, calendar_ids, context)
    await occupancy.release(session, appointment.id)
    appointment.start, appointment.end, appointment.calendar_ids = start, end, list(calendar_ids)
    appointment.confirmed_by_owner_at = None  # the owner said yes to another time
    if request.override:
        appointment.override_reason = request.override.reason
    hold_id = request.hold_id if isinstance(request, InternalReschedule) else None
    may_overlap = lenient or request.override is not None
    await _occupy(session, appointment, context, may_overlap=may_overlap, own=[hold_id] if hold_id else [])
    touch(appointment, resequence=True)
    by_owner = isinstance(request, InternalReschedule) and request.by == "owner"
    if by_owner or lenient:
        kind = "moved_by_owner" if by_owner else "moved_on_device"
        updates.add(session, appointment, kind, context.now)
    if lenient:
        _note_overlap(session, appointment, context)
    tell(
        session,
        events.AppointmentRescheduled,
        appointment,
        context,
        before=before,
        snapshot=snapshot,
        told=request.told,
    )
    return appointment


async def _check_caps(
    session: WriteSession,
    appointment: Appointment,
    request: InternalReschedule,
    calendar_ids: Sequence[UUID],
    context: Context,
) -> None:
    """Raises CapReached: the booking service judges an owner's move by them."""
    if not request.caps:
        return
    await lock_calendars(session, calendar_ids)
    caps = [each.cap() for each in request.caps]
    await occupancy.check_caps(session, caps, now=context.now, own=[appointment.id])


async def extend(
    session: WriteSession, appointment: Appointment, minutes: int, context: Context
) -> Appointment:
    """Make it longer (AGD-10). Raises TimeTaken with `follow_ups`, times for a second appointment."""
    rules.check_living(appointment.status)
    end = appointment.end + timedelta(minutes=minutes)
    check_period(appointment.start, end)
    before, snapshot = rules.state(appointment), snapshot_of(appointment)
    after = timedelta(minutes=appointment.buffer_after_minutes)
    try:
        await occupancy.lengthen(
            session,
            appointment.practice_id,
            appointment.calendar_ids,
            appointment.id,
            (appointment.end + after, end + after),
            now=context.now,
        )
    except TimeTaken as taken:
        others = await proposals.follow_ups(session, appointment, minutes, context.now)
        raise TimeTaken(
            "the next minutes are taken",
            follow_ups=[each.model_dump(mode="json") for each in others],
            **taken.members,
        ) from taken
    appointment.end = end
    touch(appointment, resequence=True)
    tell(session, events.AppointmentRescheduled, appointment, context, before=before, snapshot=snapshot)
    return appointment


async def update(
    session: WriteSession,
    appointment: Appointment,
    patch: AppointmentPatch | SyncPatch,
    context: Context,
) -> Appointment:
    """Change what is neither time nor status. `sequence` stays, so nothing is sent again."""
    changes = patch.changes(exclude={"expected_version", "start", "end", "origin"})
    await references.check_patch(session, appointment, changes)
    changed = {name: value for name, value in changes.items() if getattr(appointment, name) != value}
    if not changed:
        return appointment
    if rules.completes(appointment, changed):
        changed["needs_completion"] = False
    if changed.get("needs_completion") is False:
        await updates.close(session, appointment.id, context, kind="typed_on_device")
    before, snapshot = rules.state(appointment), snapshot_of(appointment)
    for name, value in changed.items():
        setattr(appointment, name, value)
    if "appointment_type_id" in changed:
        await buffers.take_those_of_its_type(session, appointment, context)
    touch(appointment)
    tell(
        session,
        events.AppointmentUpdated,
        appointment,
        context,
        before=before,
        snapshot=snapshot,
        fields=sorted(changed),
    )
    return appointment


async def for_update(session: WriteSession, practice_id: UUID, appointment_id: UUID) -> Appointment | None:
    """The appointment under a row lock, so that two writers see each other's version."""
    query = (
        select(Appointment)
        .where(col(Appointment.id) == appointment_id, col(Appointment.practice_id) == practice_id)
        .with_for_update()
    )
    return (await session.scalars(query)).first()
