"""What owners send and see when they cancel or move: `description`, never `title` or notes (PART-5)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from vetagenda_booking.slots.schemas import Stated
from vetagenda_contracts.agenda import AppointmentStatus
from vetagenda_kit.models import RequestModel, ShortText, ViewModel


class OwnerCancel(RequestModel):
    reason: ShortText = ""


class OwnerReschedule(RequestModel):
    """Without `calendar_ids` the present ones when they are free then, else any that fit."""

    start: Stated
    calendar_ids: Annotated[list[UUID], Field(max_length=10)] = []


class OwnersAppointment(ViewModel):
    id: UUID
    uid: str
    version: int
    sequence: int
    status: AppointmentStatus
    description: str
    appointment_type_id: UUID | None
    calendar_ids: list[UUID]
    owner_id: UUID | None
    animal_ids: list[UUID]
    start: datetime
    end: datetime
