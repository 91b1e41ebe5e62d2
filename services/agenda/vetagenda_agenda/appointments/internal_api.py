"""Orders and questions of the other services. Every order may be repeated without further effect."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.appointments import (
    accepting,
    availability,
    beforehand,
    commands,
    queries,
    reinstating,
    states,
    status_commands,
    tallies,
    visits,
)
from vetagenda_agenda.appointments.schemas import (
    AppointmentRefs,
    AppointmentView,
    InternalCancel,
    InternalReschedule,
    Override,
    OwnerConfirmation,
    OwnerRefs,
    PutAppointment,
    Reschedule,
    SyncPatch,
)
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk import booking_window
from vetagenda_agenda.partners import ordering, seen
from vetagenda_agenda.tables import Appointment
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import check_version
from vetagenda_kit.models import Day, Instant, RequestModel, ShortText
from vetagenda_kit.problems import NotFound
from vetagenda_kit.routing import Write, router

api = router(tags=["internal"], prefix="/internal/practices/{practice_id}")
api.include_in_schema = False


class Accept(RequestModel):
    override: Override | None = None


class Decline(RequestModel):
    reason: ShortText = ""


class Reinstate(RequestModel):
    origin: str | None = None


class Join(Reinstate):
    gone_from: list[UUID] = []


async def _context(caller: ServiceCaller, now: Now) -> Context:
    return Context(caller.actor, now)


Acting = Annotated[Context, Depends(_context)]


def _from(acting: Context, origin: str | None) -> Context:
    return Context(acting.actor, acting.now, origin)


async def _locked(practice_id: UUID, appointment_id: UUID, session: Write) -> Appointment:
    found = await commands.for_update(session, practice_id, appointment_id)
    if found is None:
        raise NotFound("there is no such appointment")
    return found


Locked = Annotated[Appointment, Depends(_locked)]


@api.put("/appointments/{appointment_id}")
async def put_appointment(
    practice_id: UUID,
    appointment_id: UUID,
    order: PutAppointment,
    session: Write,
    acting: Acting,
    response: Response,
) -> AppointmentView:
    """Book under an id that the caller chose: 201, or 200 with what is there when it was done before."""
    found = None
    if await beforehand.look(session, practice_id, appointment_id, order):
        found = await commands.for_update(session, practice_id, appointment_id)
    if found is None:
        await ordering.check(session, practice_id, order, acting.actor)
        context = replace(_from(acting, order.origin), typed_by=order.typed_by)
        await booking_window.complete(session, practice_id, order, context)
        found = await commands.book(session, practice_id, order, context, appointment_id=appointment_id)
        response.status_code = 201
    return AppointmentView.model_validate(found)


@api.patch("/appointments/{appointment_id}")
async def patch_appointment(
    order: SyncPatch, appointment: Locked, session: Write, acting: Acting
) -> AppointmentView:
    """A remote calendar's change. 412 when the appointment is no longer at `expected_version`."""
    check_version(order.expected_version, appointment.version)
    context = _from(acting, order.origin)
    await commands.update(session, appointment, order, context)
    if order.start is not None or order.end is not None:
        move = Reschedule(start=order.start or appointment.start, end=order.end)
        await commands.reschedule(session, appointment, move, context, lenient=True)
    return AppointmentView.model_validate(appointment)


@api.post("/appointments/{appointment_id}/accept")
async def accept_appointment(
    appointment: Locked, session: Write, acting: Acting, order: Accept = Accept()
) -> AppointmentView:
    done = await accepting.accept(session, appointment, acting, order.override)
    return AppointmentView.model_validate(done)


@api.post("/appointments/{appointment_id}/decline")
async def decline_appointment(
    order: Decline, appointment: Locked, session: Write, acting: Acting
) -> AppointmentView:
    return AppointmentView.model_validate(
        await status_commands.decline(session, appointment, order.reason, acting)
    )


@api.post("/appointments/{appointment_id}/expire")
async def expire_appointment(appointment: Locked, session: Write, acting: Acting) -> AppointmentView:
    done = await status_commands.decline(session, appointment, "expired", acting, expired=True)
    return AppointmentView.model_validate(done)


@api.post("/appointments/{appointment_id}/cancel")
async def cancel_appointment(
    order: InternalCancel, appointment: Locked, session: Write, acting: Acting
) -> AppointmentView:
    done = await status_commands.cancel(session, appointment, order, _from(acting, order.origin))
    return AppointmentView.model_validate(done)


@api.post("/appointments/{appointment_id}/reinstate")
async def reinstate_appointment(
    order: Reinstate, appointment: Locked, session: Write, acting: Acting
) -> AppointmentView:
    """A linked calendar had cancelled it, and its event lives again."""
    done = await reinstating.reinstate(session, appointment, _from(acting, order.origin))
    return AppointmentView.model_validate(done)


@api.post("/appointments/{appointment_id}/calendars/{calendar_id}")
async def join_calendar(
    calendar_id: UUID, order: Join, appointment: Locked, session: Write, acting: Acting
) -> AppointmentView:
    """A restored agenda does not know that it was in this calendar too, or instead of others."""
    context = _from(acting, order.origin)
    done = await reinstating.join(session, appointment, calendar_id, order.gone_from, context)
    return AppointmentView.model_validate(done)


@api.delete("/appointments/{appointment_id}/calendars/{calendar_id}")
async def leave_calendar(
    calendar_id: UUID, order: Reinstate, appointment: Locked, session: Write, acting: Acting
) -> AppointmentView:
    """A restored agenda does not know that it was in this calendar no more."""
    context = _from(acting, order.origin)
    return AppointmentView.model_validate(await reinstating.leave(session, appointment, calendar_id, context))


@api.post("/appointments/{appointment_id}/owner-confirmation")
async def confirm_by_owner(
    order: OwnerConfirmation, appointment: Locked, session: Write, acting: Acting
) -> AppointmentView:
    """The owner will come. 412 when the appointment was moved since the owner saw it."""
    done = await status_commands.confirm_by_owner(session, appointment, order.sequence, acting)
    return AppointmentView.model_validate(done)


@api.post("/appointments/{appointment_id}/reschedule")
async def reschedule_appointment(
    order: InternalReschedule, appointment: Locked, session: Write, acting: Acting
) -> AppointmentView:
    done = await commands.reschedule(session, appointment, order, _from(acting, order.origin))
    return AppointmentView.model_validate(done)


@api.post("/appointments/facts")
async def appointment_facts(
    practice_id: UUID, refs: AppointmentRefs, session: Read, caller: ServiceCaller
) -> JSONResponse:
    """{practice, agenda_epoch, items: [{appointment, owner, animals, appointment_type, calendars}]}.

    For a partner, of the appointments that it sees.
    """
    visible = await seen.visible_to(session, practice_id, caller.actor)
    return JSONResponse(await queries.facts_of(session, practice_id, refs.appointment_ids, visible))


@api.get("/appointments")
async def changed_appointments(
    practice_id: UUID,
    session: Read,
    _caller: ServiceCaller,
    calendar_id: UUID | None = None,
    changed_since: Instant | None = None,
    ending_after: Instant | None = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 500,
) -> JSONResponse:
    """The facts of the appointments of a calendar, oldest change first; also cancelled ones."""
    if calendar_id:
        await queries.check_calendar(session, practice_id, calendar_id)
    query = select(Appointment).where(col(Appointment.practice_id) == practice_id)
    if calendar_id:
        query = query.where(col(Appointment.calendar_ids).contains([calendar_id]))
    if changed_since:
        query = query.where(col(Appointment.updated_at) >= changed_since)
    if ending_after:
        query = query.where(col(Appointment.end) > ending_after)
    rows = (await session.scalars(query.order_by(col(Appointment.updated_at)).limit(limit))).all()
    return JSONResponse(await queries.facts(session, practice_id, rows))


@api.get("/appointments/states")
async def coming_appointments(
    practice_id: UUID,
    session: Read,
    _caller: ServiceCaller,
    starting_after: Instant,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 1000,
) -> states.StatesPage:
    """Version, status and start of each: for the nightly reconciliation."""
    return await states.coming(session, practice_id, starting_after, after, limit)


@api.get("/appointments/tally")
async def appointment_tally(
    practice_id: UUID, month: Day, session: Read, now: Now, _caller: ServiceCaller
) -> tallies.TallyView:
    """`month` is its first day."""
    return await tallies.of_month(session, practice_id, month, now)


@api.post("/owners/facts")
async def owner_facts(
    practice_id: UUID, refs: OwnerRefs, session: Read, caller: ServiceCaller
) -> JSONResponse:
    """For a partner, of the owners who are connected to it."""
    facts = await queries.owner_facts(session, practice_id, refs.owner_ids, refs.animal_ids)
    return JSONResponse(await seen.only_connected(session, practice_id, caller.actor, facts))


@api.post("/animals/visits")
async def animal_visits(
    practice_id: UUID, refs: visits.VisitRefs, session: Read, now: Now, _caller: ServiceCaller
) -> dict[UUID, visits.VisitsView]:
    """Who came and who comes: for reminders that nobody followed (REM-12)."""
    return await visits.of_animals(session, practice_id, refs, now)


@api.post("/availability")
async def get_availability(
    practice_id: UUID, question: availability.Question, session: Read, now: Now, caller: ServiceCaller
) -> Response:
    active = await seen.activation_of(session, practice_id, caller.actor)
    told = await availability.answer(session, practice_id, question, now, active)
    return Response(told, media_type="application/json")
