"""Holds on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from vetagenda_booking.slots.question import Arrangement, OwnerKind
from vetagenda_booking.slots.schemas import AnimalCount, SpeciesName, Stated
from vetagenda_kit.models import RequestModel, ViewModel

CalendarIds = Annotated[list[UUID], Field(max_length=10)]


class NewHold(RequestModel):
    """A start to keep for some minutes; the same inputs as slots. `minutes` defaults to the profile's."""

    appointment_type_id: UUID
    start: Stated
    calendar_ids: CalendarIds = []
    owner_id: UUID | None = None
    owner_kind: OwnerKind | None = None
    species: SpeciesName | None = None
    animal_count: AnimalCount = 1
    arrangement: Arrangement = "adjoining"
    minutes: Annotated[int, Field(ge=1, le=60)] | None = None


class HoldView(ViewModel):
    """`token` is shown once: a booking of the held time gives it as `hold_token`."""

    id: UUID
    token: str
    appointment_type_id: UUID
    start: datetime
    end: datetime
    calendar_ids: list[UUID]
    expires_at: datetime
