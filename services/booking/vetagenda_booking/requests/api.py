"""Booking requests (BOOK-7): booked at once, or answered by the practice."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_booking.intents.calls import PostCall
from vetagenda_booking.intents.protocol import carry_out
from vetagenda_booking.problems import (
    HoldExpired,
    OwnerNotConnected,
    RequestSettled,
    SlotNotOffered,
    TimeTaken,
)
from vetagenda_booking.requests import booking, queries
from vetagenda_booking.requests.orders import Book, Decide
from vetagenda_booking.requests.rules import only_of
from vetagenda_booking.requests.schemas import BookingRequestView, NewBookingRequest
from vetagenda_contracts.booking import RequestStatus
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.etags import etag
from vetagenda_kit.models import Name, RequestModel, ShortText
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.partners import LET_IN
from vetagenda_kit.problems import (
    IdempotencyInFlight,
    IdempotencyMismatch,
    InvalidRequest,
    NotFound,
    PartnerNotActivated,
    problems,
)
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

api = router(tags=["booking"], prefix="/v1/practices/{practice_id}/booking-requests")
Reader = Annotated[Caller, Depends(requires("booking:read", apps=True))]
Writer = Annotated[Caller, Depends(requires("booking:write", apps=True))]
Staff = Annotated[Caller, Depends(requires("agenda:write"))]
"""Who answers requests: the practice. An app that books for owners cannot accept its own."""


class Refusing(RequestModel):
    """`reason` is what the owner is told."""

    reason: ShortText = ""


@api.post(
    "",
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
        OwnerNotConnected,
        PartnerNotActivated,
    ),
)
async def request_booking(
    order: NewBookingRequest, request: Request, _caller: Writer, call: PostCall
) -> Response:
    """Book a start: `confirmed` when the type is booked directly, else `requested` until it is answered."""
    service: Service = request.app.state.service

    async def prepare(attempt: int) -> Book:
        return await booking.prepare(service, call, order, lost_races=attempt)

    return await carry_out(service, call, prepare, attempts=booking.attempts_at(order))


@api.get("", dependencies=LET_IN, responses=problems(PartnerNotActivated))
async def list_booking_requests(
    practice_id: UUID, session: Read, caller: Reader, paging: Paging, status: RequestStatus | None = None
) -> Page[BookingRequestView]:
    """In the order of creation. A key without `agenda:read` sees those that were made with it."""
    return await queries.page(session, practice_id, paging, status, only_of=only_of(caller, "agenda:read"))


@api.get("/{request_id}", dependencies=LET_IN, responses=problems(NotFound, PartnerNotActivated))
async def get_booking_request(
    practice_id: UUID, request_id: UUID, session: Read, caller: Reader, response: Response
) -> BookingRequestView:
    """A key without `agenda:read` finds those that were made with it."""
    row = await queries.one(session, request_id, only_of=only_of(caller, "agenda:read"))
    response.headers["ETag"] = etag(row.version)
    return BookingRequestView.of(row)


class OverrideIn(RequestModel):
    """Over an absence, a closure or an entry that was laid there since; who, when and why is kept."""

    reason: Name


class Accepting(RequestModel):
    override: OverrideIn | None = None


_DECIDING = problems(NotFound, RequestSettled, IdempotencyMismatch, IdempotencyInFlight)


@api.post(
    "/{request_id}/accept", response_model=BookingRequestView, responses=_DECIDING | problems(TimeTaken)
)
async def accept_booking_request(
    request_id: UUID,
    request: Request,
    _caller: Staff,
    call: PostCall,
    accepting: Accepting = Accepting(),
) -> Response:
    """The request becomes an appointment, and its owner is told.

    Where an absence, a closure or another entry was laid over it since, it is `time-taken`: `lies_there`
    names each as `{kind, id, calendar_id, start, end}`. An `override` with a reason accepts it all the same.
    """
    service: Service = request.app.state.service

    async def prepare(_attempt: int) -> Decide:
        appointment_id = await _undecided(service, call, request_id, "confirmed")
        override = accepting.override.reason if accepting.override else None
        return Decide(appointment_id=appointment_id, decision="accept", override_reason=override)

    return await carry_out(service, call, prepare)


@api.post("/{request_id}/decline", response_model=BookingRequestView, responses=_DECIDING)
async def decline_booking_request(
    request_id: UUID,
    request: Request,
    _caller: Staff,
    call: PostCall,
    refusing: Refusing = Refusing(),
) -> Response:
    """Turn the request down: its time is free at once, and its owner is told."""
    service: Service = request.app.state.service

    async def prepare(_attempt: int) -> Decide:
        appointment_id = await _undecided(service, call, request_id, "declined")
        return Decide(appointment_id=appointment_id, decision="decline", reason=refusing.reason)

    return await carry_out(service, call, prepare)


async def _undecided(service: Service, call: PostCall, request_id: UUID, wanted: RequestStatus) -> UUID:
    """The appointment of a request that is open, or was decided that way already. Raises RequestSettled."""
    async with service.db.reading([call.origin.practice_id]) as session:
        row = await queries.one(session, request_id)
    if row.status not in ("requested", wanted):
        raise RequestSettled(f"it is {row.status}", booking_status=row.status)
    return row.appointment_id
