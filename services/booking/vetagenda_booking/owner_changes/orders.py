"""Cancelling and moving by the owner, as orders to the agenda. Booking keeps nothing of it but the answer."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.intents.orders import Answer, Order, Origin
from vetagenda_booking.owner_changes.moving import Place
from vetagenda_booking.owner_changes.schemas import OwnersAppointment
from vetagenda_booking.requests import commands as requests
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import etag


def _answer(appointment: Any) -> Answer:
    return Answer(200, OwnersAppointment.model_validate(appointment), {"etag": etag(appointment["version"])})


class CancelByOwner(Order):
    kind: ClassVar[str] = "cancel-by-owner"

    appointment_id: UUID
    reason: str

    async def tell(self, agenda: Agenda) -> Any:
        return await agenda.change(self.appointment_id, "cancel", {"by": "owner", "reason": self.reason})

    async def conclude(self, session: WriteSession, origin: Origin, told: Any) -> Answer:
        await requests.settle(session, self.appointment_id, "cancelled", origin.actor)
        return _answer(told)


class MoveByOwner(Order):
    kind: ClassVar[str] = "move-by-owner"

    appointment_id: UUID
    start: datetime
    end: datetime
    calendar_ids: list[UUID]
    caps: list[dict[str, Any]] = []

    @classmethod
    def to(cls, appointment_id: UUID, place: Place, **more: Any) -> Self:
        offer, calendar_ids = place.offer, list(place.offer.calendar_ids)
        where = {"start": offer.start, "end": offer.end, "calendar_ids": calendar_ids, "caps": place.caps}
        return cls(appointment_id=appointment_id, **where, **more)

    async def tell(self, agenda: Agenda) -> Any:
        body = self.model_dump(mode="json", include={"start", "end", "calendar_ids", "caps"})
        return await agenda.change(self.appointment_id, "reschedule", {**body, "by": "owner"})

    async def conclude(self, session: WriteSession, origin: Origin, told: Any) -> Answer:
        return _answer(told)
