"""What calendar-sync orders of blocks, and what it is answered."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from vetagenda_agenda.records.absences import CoveredAppointment
from vetagenda_kit.models import Instant, RequestModel, ShortText, ViewModel


class Block(RequestModel):
    """One time of an event, under an id that the caller computes again from what it is of."""

    id: UUID
    start: Instant
    end: Instant
    reason: ShortText = ""

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.end <= self.start:
            raise ValueError("it must end after it begins")
        return self


class LinkedEvent(RequestModel):
    """All blocks of one event as they shall be: what is still to come and not named is withdrawn."""

    id: UUID
    blocks: Annotated[list[Block], Field(max_length=4000)]


class LinkedEvents(RequestModel):
    calendar_id: UUID
    calendar_link_id: UUID
    source: Literal["google", "caldav"]
    events: Annotated[list[LinkedEvent], Field(max_length=500)]


class Laid(ViewModel):
    """How many absences were written. `appointments` lie beneath what is new or has moved."""

    laid: int = 0
    changed: int = 0
    withdrawn: int = 0
    appointments: list[CoveredAppointment] = []
