"""How other services get a link to put into what they send."""

from uuid import UUID

from fastapi import Request

from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.links import judging
from vetagenda_booking.links.schemas import MintedLink
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.routing import router

api = router(tags=["internal"], prefix="/internal/practices/{practice_id}/appointments/{appointment_id}")
api.include_in_schema = False


@api.post("/link")
async def make_link(
    practice_id: UUID, appointment_id: UUID, request: Request, caller: ServiceCaller
) -> MintedLink:
    """A link to the appointment's present revision; nothing is stored, so each call may make another."""
    return await judging.mint(request.app.state.service, Origin(practice_id, caller.actor), appointment_id)
