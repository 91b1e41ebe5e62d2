"""The last two of a call's four requests (DESK-9): what can be said, and the booking of it."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from vetagenda_booking.desk import booking
from vetagenda_booking.desk.offering import said, telling_of
from vetagenda_booking.desk.schemas import DeskBooking, DeskSlot, DeskSlots, Inputs
from vetagenda_booking.desk.speaking import speakable
from vetagenda_booking.intents.calls import PostCall
from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.intents.protocol import carry_out
from vetagenda_booking.problems import HoldExpired, SlotNotOffered, TimeTaken
from vetagenda_booking.requests.booking import attempts_at
from vetagenda_booking.requests.orders import Book
from vetagenda_booking.requests.schemas import BookingRequestView, Locale
from vetagenda_booking.slots.asking import asked_for, check_interval
from vetagenda_booking.slots.rules import offered
from vetagenda_booking.slots.schemas import StatedEdge
from vetagenda_booking.slots.wall_clock import read_edge
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.operation_marks import costly
from vetagenda_kit.problems import (
    IdempotencyInFlight,
    IdempotencyMismatch,
    InvalidRequest,
    NotFound,
    problems,
)
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

AHEAD = timedelta(days=14)
api = router(tags=["desk"], prefix="/v1/practices/{practice_id}/desk")
Reader = Annotated[Caller, Depends(requires("booking:read"))]
Writer = Annotated[Caller, Depends(requires("booking:write"))]
_FROM = "Now, if it is left out."
_TO = f"{AHEAD.days} days after `from`, if it is left out."
_LOCALE = "In which the starts are said: French, German or English. The practice's, if it is left out."


@api.get("/slots", responses=problems(NotFound, InvalidRequest), openapi_extra=costly("slots"))
async def list_desk_slots(
    practice_id: UUID,
    request: Request,
    caller: Reader,
    inputs: Inputs,
    begin: Annotated[StatedEdge | None, Query(alias="from", description=_FROM)] = None,
    end: Annotated[StatedEdge | None, Query(alias="to", description=_TO)] = None,
    locale: Annotated[Locale | None, Query(description=_LOCALE)] = None,
) -> DeskSlots:
    """At most three of the starts that `slots` lists, ready to be said on the telephone: the first, one in
    another half of a day and one on another day, where there are such ones.

    Of a type that hides its hour the words name the arrival window or the day alone, each day once.
    """
    service: Service = request.app.state.service
    begin = begin or await service.clock.now(practice_id)
    end = end or begin + AHEAD
    check_interval(begin, end)
    origin = Origin(practice_id, caller.actor)
    findings, question = await asked_for(service, origin, inputs, begin, end)
    offers = offered(question, read_edge(begin, question.zone), read_edge(end, question.zone))
    told_in = speakable(locale or findings.availability["locale"])
    telling = telling_of(findings.availability["appointment_type"], question.zone, findings.now, told_in)
    return DeskSlots(slots=[DeskSlot.of(*each) for each in said(offers, telling)], locale=told_in)


@api.post(
    "/bookings",
    status_code=201,
    response_model=BookingRequestView,
    responses=problems(
        TimeTaken,
        SlotNotOffered,
        HoldExpired,
        NotFound,
        InvalidRequest,
        IdempotencyMismatch,
        IdempotencyInFlight,
    ),
)
async def book_by_telephone(
    order: DeskBooking, request: Request, _caller: Writer, call: PostCall
) -> Response:
    """Book a start for whoever calls, as `booking-requests` does: `confirmed` when the type is booked
    directly, else `requested` until the practice answers.

    `invalid-request` names in `errors` each contact field that the practice wants of everybody who books by
    telephone and that neither the owner's record nor this request has.
    """
    service: Service = request.app.state.service

    async def prepare(attempt: int) -> Book:
        return await booking.prepare(service, call, order, lost_races=attempt)

    return await carry_out(service, call, prepare, attempts=attempts_at(order))
