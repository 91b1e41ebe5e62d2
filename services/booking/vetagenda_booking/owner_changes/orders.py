"""Cancelling and moving by the owner, as orders to the agenda. Booking keeps nothing of it but the answer."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.intents.orders import Answer, Order, Origin
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

    async def tell(self, agenda: Agenda) -> Any:
        body = self.model_dump(mode="json", include={"start", "end", "calendar_ids"})
        return await agenda.change(self.appointment_id, "reschedule", {**body, "by": "owner"})

    async def conclude(self, session: WriteSession, origin: Origin, told: Any) -> Answer:
        return _answer(told)
