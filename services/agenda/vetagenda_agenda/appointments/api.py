"""The public routes of appointments."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_agenda.appointments import commands, proposals, queries, status_commands
from vetagenda_agenda.appointments.overlaps import seen
from vetagenda_agenda.appointments.rules import StatusConflict, TooEarly
from vetagenda_agenda.appointments.schemas import (
    PRACTICE_TIME,
    REAL_TIME,
    AppointmentPatch,
    AppointmentView,
    Cancel,
    ChangeView,
    Extend,
    MissedView,
    NewAppointment,
    Reschedule,
)
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.changes import queries as changes
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_agenda.tables import Appointment
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import IfMatch, check_version, etag, parse_if_match
from vetagenda_kit.models import Instant
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

api = router(tags=["appointments"], prefix="/v1/practices/{practice_id}/appointments")
AGAIN = (
    "To follow all changes, ask from the latest `updated_at` that you have seen: what changed in the two"
    " minutes before is listed again, because a change is visible only once it is committed."
)
Reader = Annotated[Caller, Depends(requires("agenda:read"))]
Writer = Annotated[Caller, Depends(requires("agenda:write"))]


async def context(caller: Writer, now: Now) -> Context:
    return Context(caller.actor, now)


Acting = Annotated[Context, Depends(context)]


async def _locked(
    practice_id: UUID,
    appointment_id: UUID,
    session: Write,
    if_match: Annotated[str | None, Header()] = None,
) -> Appointment:
    """The appointment under its lock; an If-Match that is given must name its version."""
    found = await commands.for_update(session, practice_id, appointment_id)
    if found is None:
        raise NotFound("there is no such appointment")
    if if_match is not None:
        check_version(parse_if_match(if_match), found.version)
    return found


Locked = Annotated[Appointment, Depends(_locked)]


async def answered(response: Response, session: AsyncSession, appointment: Appointment) -> AppointmentView:
    response.headers["ETag"] = etag(appointment.version)
    (view,) = await seen(session, [appointment])
    return view


@api.post("", status_code=201, responses=problems(TimeTaken, NotFound, InvalidRequest))
async def book_appointment(
    practice_id: UUID, request: NewAppointment, session: Write, acting: Acting, response: Response
) -> AppointmentView:
    """Book a time in one or more calendars, as the practice's staff do."""
    appointment = await commands.book(session, practice_id, request, acting)
    response.headers["Location"] = f"/v1/practices/{practice_id}/appointments/{appointment.id}"
    return await answered(response, session, appointment)


@api.get("", responses=problems(InvalidRequest))
async def list_appointments(
    practice_id: UUID,
    session: Read,
    paging: Paging,
    _caller: Reader,
    from_: Annotated[Instant | None, Query(alias="from")] = None,
    to: Instant | None = None,
    calendar_id: UUID | None = None,
    owner_id: UUID | None = None,
    changed_since: Annotated[
        Instant | None, Query(description=f"Whose `updated_at` is not before this. {REAL_TIME} {AGAIN}")
    ] = None,
    as_of: Annotated[
        Instant | None, Query(description=f"As it was then, from the history. {PRACTICE_TIME}")
    ] = None,
) -> Page[AppointmentView]:
    """What intersects [from, to), by start; or all that changed since an instant, by that instant.

    `as_of` shows the list as it was at an instant of the practice's clock: the same filters and the same
    page, from the history. A later instant than now shows what is known now.
    """
    if as_of is not None:
        if changed_since is not None:
            raise InvalidRequest.at("?as_of", "either `as_of` or `changed_since`")
        return await changes.page_as_of(
            session,
            practice_id,
            paging,
            as_of,
            start=from_,
            end=to,
            calendar_id=calendar_id,
            owner_id=owner_id,
        )
    return await queries.page(
        session,
        practice_id,
        paging,
        start=from_,
        end=to,
        calendar_id=calendar_id,
        owner_id=owner_id,
        changed_since=changed_since,
    )


@api.get("/{appointment_id}", responses=problems(NotFound))
async def get_appointment(
    practice_id: UUID, appointment_id: UUID, session: Read, _caller: Reader, response: Response
) -> AppointmentView:
    """One appointment, with the `ETag` that a change of it needs."""
    return await answered(response, session, await queries.one(session, practice_id, appointment_id))


@api.get("/{appointment_id}/history", responses=problems(NotFound))
async def appointment_history(
    practice_id: UUID, appointment_id: UUID, session: Read, _caller: Reader
) -> list[ChangeView]:
    """Who changed what, when, before and after; oldest first."""
    return await queries.history(session, practice_id, appointment_id)


@api.patch(
    "/{appointment_id}",
    responses=problems(NotFound, TimeTaken, StaleVersion, VersionRequired, InvalidRequest),
)
async def update_appointment(
    patch: AppointmentPatch,
    _expected: IfMatch,
    appointment: Locked,
    session: Write,
    acting: Acting,
    response: Response,
) -> AppointmentView:
    """Change what is sent of the appointment; its time is changed by rescheduling.

    Another type brings its own buffers. Where there is no room for them it is `time-taken`, and nothing has
    changed: an override is for booking and rescheduling.
    """
    return await answered(response, session, await commands.update(session, appointment, patch, acting))


@api.post(
    "/{appointment_id}/reschedule",
    responses=problems(NotFound, TimeTaken, StatusConflict, StaleVersion, VersionRequired),
)
async def reschedule_appointment(
    move: Reschedule,
    appointment: Locked,
    session: Write,
    acting: Acting,
    request: Request,
    response: Response,
) -> AppointmentView:
    """Move it: same id and UID, the new time taken and the old one freed in one transaction.

    An `override` goes over what lies there, and needs If-Match: what somebody read decides, not what has
    become of it since.
    """
    if move.override is not None:
        parse_if_match(request.headers.get("if-match"))
    return await answered(response, session, await commands.reschedule(session, appointment, move, acting))


@api.post("/{appointment_id}/extend", responses=problems(NotFound, TimeTaken, StatusConflict, StaleVersion))
async def extend_appointment(
    request: Extend, appointment: Locked, session: Write, acting: Acting, response: Response
) -> AppointmentView:
    """Make it longer, if the next minutes are free in all its calendars.

    Otherwise `time-taken` carries `follow_ups`: up to three complete bodies of `POST .../appointments` for a
    second appointment of that length, for the same owner, animals and type; the same day first.
    """
    return await answered(
        response, session, await commands.extend(session, appointment, request.minutes, acting)
    )


@api.post("/{appointment_id}/cancel", responses=problems(NotFound, StatusConflict, StaleVersion))
async def cancel_appointment(
    request: Cancel, appointment: Locked, session: Write, acting: Acting, response: Response
) -> AppointmentView:
    """Cancel it: its time is free again, and its reminders are withdrawn."""
    return await answered(
        response, session, await status_commands.cancel(session, appointment, request, acting)
    )


@api.post("/{appointment_id}/no-show", responses=problems(NotFound, StatusConflict, TooEarly, StaleVersion))
async def mark_no_show(appointment: Locked, session: Write, acting: Acting, response: Response) -> MissedView:
    """Nobody came, which can be told once the visit should have begun.

    Its reminders are withdrawn, and new times are proposed.
    """
    view = await answered(
        response, session, await status_commands.advance(session, appointment, "no_show", acting)
    )
    return MissedView(
        **view.model_dump(),
        proposals=await proposals.after_no_show(session, appointment, acting.now),
        slots=proposals.slots_link(appointment, acting.now),
    )


def _step(path: str, status: Literal["arrived", "completed"], summary: str, about: str) -> None:
    async def step(
        appointment: Locked, session: Write, acting: Acting, response: Response
    ) -> AppointmentView:
        return await answered(
            response, session, await status_commands.advance(session, appointment, status, acting)
        )

    api.add_api_route(
        f"/{{appointment_id}}/{path}",
        step,
        methods=["POST"],
        name=f"mark_{status}",
        summary=summary,
        description=about,
        responses=problems(NotFound, StatusConflict, TooEarly, StaleVersion),
    )


_TOO_EARLY = "On its day in the practice's time zone at the earliest."
_step("arrive", "arrived", "The animal is here", f"Note that they came. {_TOO_EARLY}")
_step("complete", "completed", "The visit is over", f"Note that the visit took place. {_TOO_EARLY}")
