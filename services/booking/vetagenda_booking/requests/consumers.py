"""Follows what became of requested appointments by other ways than ours."""

from vetagenda_booking.requests import commands
from vetagenda_contracts.agenda import (
    AppointmentAccepted,
    AppointmentCancelled,
    AppointmentDeclined,
    AppointmentEvent,
    AppointmentExpired,
)
from vetagenda_contracts.booking import RequestStatus
from vetagenda_kit.consumers import Consumers, Delivery
from vetagenda_kit.db import WriteSession

consumers = Consumers("booking")

_BECOMES: dict[str, RequestStatus] = {
    AppointmentAccepted.type: "confirmed",
    AppointmentDeclined.type: "declined",
    AppointmentExpired.type: "expired",
    AppointmentCancelled.type: "cancelled",
}


@consumers.on(AppointmentAccepted, AppointmentDeclined, AppointmentExpired, AppointmentCancelled)
async def settle_request(session: WriteSession, event: AppointmentEvent, _delivery: Delivery) -> None:
    await commands.settle(session, event.aggregate_id, _BECOMES[event.type], event.actor)
