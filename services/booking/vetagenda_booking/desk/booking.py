"""A booking request by telephone: judged as any other, ordered with what only the desk says."""

from typing import Any

from vetagenda_booking.desk.schemas import DeskBooking
from vetagenda_booking.intents.calls import Call
from vetagenda_booking.requests import booking
from vetagenda_booking.requests.orders import Book
from vetagenda_kit.problems import InvalidRequest
from vetagenda_kit.service import Service


async def prepare(service: Service, call: Call, request: DeskBooking, *, lost_races: int = 0) -> Book:
    """Raises SlotNotOffered, HoldExpired, InvalidRequest and NotFound."""
    if request.contact is not None and request.owner is not None:
        raise InvalidRequest.at("/contact", "of a new owner all of it is in owner")
    order = await booking.prepare(service, call, request, lost_races=lost_races)
    return order.model_copy(update={"appointment": order.appointment | _by_telephone(request)})


def _by_telephone(request: DeskBooking) -> dict[str, Any]:
    """Whoever uses the desk has answered the telephone, also when it is the practice itself."""
    return {
        "source": "call-centre",
        "contact": request.contact.model_dump(mode="json") if request.contact else None,
        "told": request.told.model_dump(mode="json") if request.told else None,
    }
