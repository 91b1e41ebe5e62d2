from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Instant, PatchModel, RequestModel, ViewModel

Minutes = Annotated[int, Field(ge=1, le=1440)]
Calendars = Annotated[list[UUID], Field(max_length=10), EachOnce()]
Animals = Annotated[list[UUID], Field(max_length=20), EachOnce()]


class PutWaitlistSettings(RequestModel):
    """`offer_minutes` is how long one entry may decide before the next is asked."""

    enabled: bool
    default_length_minutes: Minutes = 120
    offer_minutes: Minutes = 30


class WaitlistSettingsView(ViewModel):
    version: int
    enabled: bool
    default_length_minutes: int
    offer_minutes: int


class NewWaitlistEntry(RequestModel):
    """Without `available_to` the practice's default length sets it. No `calendar_ids`: any will do."""

    appointment_type_id: UUID
    owner_id: UUID
    animal_ids: Animals = []
    calendar_ids: Calendars = []
    available_from: Instant
    available_to: Instant | None = None
    appointment_id: UUID | None = None


class WaitlistEntryPatch(PatchModel):
    """A new `available_from` alone moves the end by the same length."""

    clearable: ClassVar[frozenset[str]] = frozenset({"appointment_id"})

    calendar_ids: Calendars | None = None
    animal_ids: Animals | None = None
    available_from: Instant | None = None
    available_to: Instant | None = None
    appointment_id: UUID | None = None


class OfferView(ViewModel):
    id: UUID
    status: Literal["open", "accepted", "declined", "expired", "withdrawn"]
    start: datetime
    end: datetime
    calendar_ids: list[UUID]
    made_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    appointment_id: UUID | None


class WaitlistEntryView(ViewModel):
    """`offer` is the one that is open just now. `appointment_id` is the appointment that a taker would
    give up; once booked, the one that was taken."""

    id: UUID
    practice_id: UUID
    version: int
    status: Literal["waiting", "booked"]
    appointment_type_id: UUID
    owner_id: UUID
    animal_ids: list[UUID]
    calendar_ids: list[UUID]
    available_from: datetime
    available_to: datetime
    appointment_id: UUID | None
    created_at: datetime
    offer: OfferView | None
