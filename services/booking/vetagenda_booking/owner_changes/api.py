"""What owners may do themselves with an appointment, as long as it is early enough (BOOK-8)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_booking.intents.calls import PostCall
from vetagenda_booking.intents.protocol import carry_out
from vetagenda_booking.owner_changes import judging
from vetagenda_booking.owner_changes.orders import CancelByOwner, MoveByOwner
from vetagenda_booking.owner_changes.schemas import OwnerCancel, OwnerReschedule, OwnersAppointment
from vetagenda_booking.problems import CancellationWindowClosed, SlotNotOffered, StatusConflict, TimeTaken
from vetagenda_booking.requests.rules import changed_only_of
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.partners import LET_IN
from vetagenda_kit.problems import (
    IdempotencyInFlight,
    IdempotencyMismatch,
    NotFound,
    PartnerNotActivated,
    problems,
)
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

api = router(
    tags=["booking"],
    prefix="/v1/practices/{practice_id}/appointments/{appointment_id}",
    dependencies=LET_IN,
    responses=problems(PartnerNotActivated),
)
Writer = Annotated[Caller, Depends(requires("booking:write", apps=True))]
_CHANGING = (
    CancellationWindowClosed,
    PartnerNotActivated,
    NotFound,
    IdempotencyMismatch,
    IdempotencyInFlight,
)


@api.post("/owner-cancel", response_model=OwnersAppointment, responses=problems(*_CHANGING))
async def cancel_by_owner(
    appointment_id: UUID,
    request: Request,
    caller: Writer,
    call: PostCall,
    order: OwnerCancel = OwnerCancel(),
) -> Response:
    """Cancel for the owner, only while the start is more than the limit away; later: please call.

    A key without `agenda:write` cancels what was booked with it.
    """
    service: Service = request.app.state.service

    async def prepare(_attempt: int) -> CancelByOwner:
        await judging.check_own(service, call.origin, appointment_id, changed_only_of(caller, "agenda:write"))
        return await judging.prepare_cancel(service, call.origin, appointment_id, order.reason)

    return await carry_out(service, call, prepare)


@api.post(
    "/owner-reschedule",
    response_model=OwnersAppointment,
    responses=problems(*_CHANGING, StatusConflict, SlotNotOffered, TimeTaken),
)
async def move_by_owner(
    appointment_id: UUID, order: OwnerReschedule, request: Request, caller: Writer, call: PostCall
) -> Response:
    """Move for the owner, to a start that is offered, only while the present one is early enough.

    `GET .../slots?appointment_id=` lists the starts that it may move to. It gets the type's length there, or
    keeps its own if the practice made it longer.

    A key without `agenda:write` moves what was booked with it.
    """
    service: Service = request.app.state.service

    async def prepare(_attempt: int) -> MoveByOwner:
        await judging.check_own(service, call.origin, appointment_id, changed_only_of(caller, "agenda:write"))
        return await judging.prepare_move(service, call.origin, appointment_id, order)

    return await carry_out(service, call, prepare)
