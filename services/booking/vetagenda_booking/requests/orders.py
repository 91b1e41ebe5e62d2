"""Booking, accepting and declining, as orders to the agenda."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.holds import commands as holds
from vetagenda_booking.intents.orders import Answer, Order, Origin, maker
from vetagenda_booking.problems import RequestSettled
from vetagenda_booking.requests import commands
from vetagenda_booking.requests.rules import status_of
from vetagenda_booking.requests.schemas import BookingRequestView
from vetagenda_booking.tables import BookingRequest
from vetagenda_contracts.booking import RequestStatus
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import etag
from vetagenda_kit.peers import PeerProblem


class Book(Order):
    """`appointment` is the body of the agenda's PUT: the person's data are in it, so intents are sealed."""

    kind: ClassVar[str] = "book"

    request_id: UUID
    appointment_id: UUID
    appointment: dict[str, Any]
    hold_id: UUID | None
    expires_at: datetime | None
    booked_at: datetime
    virtual: bool

    async def tell(self, agenda: Agenda) -> Any:
        return await agenda.put_appointment(self.appointment_id, self.appointment)

    async def conclude(self, session: WriteSession, origin: Origin, told: Any) -> Answer:
        status = status_of(told, self.appointment["status"])
        now = system_now()
        row = BookingRequest(
            id=self.request_id,
            practice_id=origin.practice_id,
            status=status,
            appointment_id=self.appointment_id,
            appointment_type_id=UUID(self.appointment["appointment_type_id"]),
            calendar_ids=[UUID(each) for each in self.appointment["calendar_ids"]],
            owner_id=UUID(told["owner_id"]) if told["owner_id"] else None,
            animal_ids=[UUID(each) for each in told["animal_ids"]],
            start=datetime.fromisoformat(self.appointment["start"]),
            end=datetime.fromisoformat(self.appointment["end"]),
            expires_at=self.expires_at if status == "requested" else None,
            virtual=self.virtual,
            made_by=maker(origin.actor),
            created_at=now,
            updated_at=now,
        )
        commands.receive(session, row, origin.actor)
        if self.hold_id is not None:
            await holds.release(session, self.hold_id, self.booked_at, used=True)
        path = f"/v1/practices/{origin.practice_id}/booking-requests/{self.request_id}"
        return Answer(201, BookingRequestView.of(row), {"location": path, "etag": etag(row.version)})


def settled(became: RequestStatus) -> PeerProblem:
    """As the agenda would say it, so that the intent ends: somebody else was faster."""
    said = RequestSettled(f"it is {became}", booking_status=became)
    return PeerProblem(said.document("", ""), said.status)


class Decide(Order):
    """The practice's answer to a request; `reason` is for the owner, `override_reason` for the practice."""

    kind: ClassVar[str] = "decide"

    appointment_id: UUID
    decision: Literal["accept", "decline"]
    reason: str = ""
    override_reason: str | None = None

    async def tell(self, agenda: Agenda) -> Any:
        """Raises PeerProblem, also when what is declined has ended otherwise meanwhile."""
        told = await agenda.change(self.appointment_id, self.decision, self._body())
        became = status_of(told, former="requested")
        if self.decision == "decline" and became != "declined":
            raise settled(became)
        return told

    def _body(self) -> dict[str, Any]:
        if self.decision == "decline":
            return {"reason": self.reason}
        return {} if self.override_reason is None else {"override": {"reason": self.override_reason}}

    async def conclude(self, session: WriteSession, origin: Origin, told: Any) -> Answer:
        row = await commands.settle(
            session, self.appointment_id, status_of(told, former="requested"), origin.actor
        )
        assert row is not None, "a request is deleted long after it was answered"
        return Answer(200, BookingRequestView.of(row), {"etag": etag(row.version)})
