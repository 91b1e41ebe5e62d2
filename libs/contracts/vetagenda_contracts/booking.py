"""Events of the booking service: the rules of a practice and its booking requests. Ids and times only."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from vetagenda_contracts.events import Event

RequestStatus = Literal["requested", "confirmed", "declined", "expired", "cancelled"]


class ProfileUpdated(Event):
    """`aggregate_id` is the practice's: it has one booking profile. `before` is None for the first."""

    type: ClassVar[str] = "booking.profile.updated"

    before: dict[str, Any] | None = None
    after: dict[str, Any]


class RequestState(BaseModel):
    """A booking request without anything personal."""

    model_config = ConfigDict(frozen=True)

    status: RequestStatus
    appointment_id: UUID
    appointment_type_id: UUID
    calendar_ids: list[UUID]
    owner_id: UUID | None = None
    animal_ids: list[UUID] = []
    start: datetime
    end: datetime
    expires_at: datetime | None = None


class RequestEvent(Event):
    """`aggregate_id` is the booking request's."""

    before: RequestState | None = None
    after: RequestState


class RequestReceived(RequestEvent):
    """Status `confirmed` when the type is booked directly, `requested` when somebody has to answer."""

    type: ClassVar[str] = "booking.request.received"


class RequestAccepted(RequestEvent):
    type: ClassVar[str] = "booking.request.accepted"


class RequestDeclined(RequestEvent):
    type: ClassVar[str] = "booking.request.declined"


class RequestExpired(RequestEvent):
    """Nobody answered in time; the slot is free again."""

    type: ClassVar[str] = "booking.request.expired"
