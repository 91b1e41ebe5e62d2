"""Owners' links: see, confirm, cancel or move one appointment without an account. The token is the key."""

from typing import Any

from fastapi import Request, Response

from vetagenda_booking.intents.protocol import carry_out
from vetagenda_booking.links import judging
from vetagenda_booking.links.calls import CalledLink, OpenedLink
from vetagenda_booking.links.orders import CancelByLink, ConfirmByLink, MoveByLink
from vetagenda_booking.links.rules import LinkEnded, LinkOutdated
from vetagenda_booking.links.schemas import LinkAnswer, LinkCancel, LinkReschedule, LinkView
from vetagenda_booking.problems import CancellationWindowClosed, SlotNotOffered, TimeTaken
from vetagenda_kit.problems import IdempotencyInFlight, IdempotencyMismatch, NotFound, problems
from vetagenda_kit.routing import router

api = router(tags=["owner links"], prefix="/v1/links/{token}")
_NO_KEY: dict[str, Any] = {"security": []}
_ORDERED = (NotFound, LinkEnded, LinkOutdated, IdempotencyMismatch, IdempotencyInFlight)


@api.get("", responses=problems(NotFound, LinkEnded), openapi_extra=_NO_KEY)
async def open_link(link: OpenedLink, request: Request, response: Response) -> LinkView:
    """The appointment as its owner may see it, and what the owner can do with it now."""
    response.headers["Cache-Control"] = "no-store"
    return await judging.view(request.app.state.service, link)


@api.post("/confirm", response_model=LinkAnswer, responses=problems(*_ORDERED), openapi_extra=_NO_KEY)
async def confirm_by_link(called: CalledLink, request: Request) -> Response:
    """The owner will come. Only for the time that the link was made for; repeating it changes nothing."""
    service = request.app.state.service

    async def prepare(_attempt: int) -> ConfirmByLink:
        return await judging.prepare_confirmation(service, called.link)

    return await carry_out(service, called.call, prepare)


@api.post(
    "/cancel",
    response_model=LinkAnswer,
    responses=problems(*_ORDERED, CancellationWindowClosed),
    openapi_extra=_NO_KEY,
)
async def cancel_by_link(called: CalledLink, request: Request, order: LinkCancel = LinkCancel()) -> Response:
    """Cancel, under the same limit as any owner's cancellation. The link ends with the appointment."""
    service = request.app.state.service

    async def prepare(_attempt: int) -> CancelByLink:
        return await judging.prepare_cancel(service, called.link, order.reason)

    return await carry_out(service, called.call, prepare)


@api.post(
    "/reschedule",
    response_model=LinkAnswer,
    responses=problems(*_ORDERED, CancellationWindowClosed, SlotNotOffered, TimeTaken),
    openapi_extra=_NO_KEY,
)
async def move_by_link(called: CalledLink, order: LinkReschedule, request: Request) -> Response:
    """Move to a start that is offered. The answer has the link to the new time: this one only shows now."""
    service = request.app.state.service

    async def prepare(_attempt: int) -> MoveByLink:
        return await judging.prepare_move(service, called.link, order)

    return await carry_out(service, called.call, prepare)
