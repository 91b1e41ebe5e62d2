"""Holds (BOOK-6): a start kept for some minutes, booked only with its token."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_booking.holds import commands, placing, queries
from vetagenda_booking.holds.orders import PlaceHold
from vetagenda_booking.holds.schemas import HoldView, NewHold
from vetagenda_booking.intents.calls import PostCall
from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.intents.protocol import ATTEMPTS_AT_ANY, carry_out
from vetagenda_booking.problems import SlotNotOffered, TimeTaken, TooManyHolds
from vetagenda_booking.slots.queries import agenda
from vetagenda_kit.caller import Caller, requires
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

api = router(
    tags=["booking"],
    prefix="/v1/practices/{practice_id}/holds",
    dependencies=LET_IN,
    responses=problems(PartnerNotActivated),
)
Writer = Annotated[Caller, Depends(requires("booking:write", apps=True))]


@api.post(
    "",
    status_code=201,
    response_model=HoldView,
    responses=problems(
        TimeTaken,
        SlotNotOffered,
        TooManyHolds,
        NotFound,
        InvalidRequest,
        IdempotencyMismatch,
        IdempotencyInFlight,
    ),
)
async def place_hold(order: NewHold, request: Request, caller: Writer, call: PostCall) -> Response:
    """Keep a start for some minutes. It books only with the token, and frees itself when they are over: by
    `expires_at`, without an event.

    One key keeps a limited number of them at once in one practice.
    """
    service: Service = request.app.state.service

    async def prepare(attempt: int) -> PlaceHold:
        return await placing.prepare(service, call, order, caller.key, lost_races=attempt)

    return await carry_out(service, call, prepare, attempts=1 if order.calendar_ids else ATTEMPTS_AT_ANY)


@api.delete("/{hold_id}", status_code=204, responses=problems(NotFound))
async def release_hold(practice_id: UUID, hold_id: UUID, request: Request, caller: Writer) -> None:
    """Give a hold back before its time. Repeating it changes nothing."""
    service: Service = request.app.state.service
    async with service.db.reading([practice_id]) as reading:
        hold = await queries.placed_by(reading, hold_id, caller.key)
    if hold.released_at is not None:
        return
    await agenda(service, Origin(practice_id, caller.actor)).delete_hold(hold_id)
    now = await service.clock.now(practice_id)
    async with service.db.writing([practice_id]) as session:
        await commands.release(session, hold_id, now, used=False)
