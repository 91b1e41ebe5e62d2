"""The desk's slots and bookings on the wire."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from pydantic import ConfigDict, Field

from vetagenda_booking.requests.schemas import EXAMPLES, AddressLines, NewBookingRequest, Remark
from vetagenda_booking.slots.question import Offer
from vetagenda_booking.slots.schemas import SlotInputs, Visit
from vetagenda_contracts.agenda import OwnersChannel, PracticesChannel, Told
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Day, RequestModel, ViewModel


class DeskSlot(ViewModel):
    """[start, end), the calendars it would take, and the start as it is said: by the practice's clock, in the
    answer's locale. Of a type that hides its hour only `spoken` is for the caller's ears."""

    start: datetime
    end: datetime
    calendar_ids: list[UUID]
    spoken: str

    @classmethod
    def of(cls, offer: Offer, words: str) -> "DeskSlot":
        return cls(start=offer.start, end=offer.end, calendar_ids=list(offer.calendar_ids), spoken=words)


class DeskSlots(ViewModel):
    """At most three, in order of time. `locale` is what they are said in: English where the one that was
    asked for is not spoken."""

    slots: list[DeskSlot]
    locale: str


async def desk_inputs(visit: Visit, appointment_type_id: UUID) -> SlotInputs:
    """A dependency: the inputs of `slots`, for a new booking."""
    return replace(visit, appointment_type_id=appointment_type_id)


Inputs = Annotated[SlotInputs, Depends(desk_inputs)]


class ContactIn(RequestModel):
    """What is learnt on the telephone of an owner who has a record already. It is kept there."""

    email: EmailAddress | None = None
    birth_date: Day | None = None
    address: AddressLines | None = None
    remark: Remark | None = None


class ToldIn(RequestModel, Told):
    """Who is told of this change at once: the owner, and the practice's people. Null is as the practice has
    configured it, an empty list is nobody."""

    owner: Annotated[list[OwnersChannel], Field(max_length=2), EachOnce()] | None = None
    practice: Annotated[list[PracticesChannel], Field(max_length=4), EachOnce()] | None = None


_LEARNT: dict[str, Any] = {
    "contact": {"birth_date": "1980-05-17"},
    "told": {"owner": ["sms"], "practice": []},
}


class DeskBooking(NewBookingRequest):
    """A booking request that somebody makes on the telephone. `contact` is for an owner who is given by
    `owner_id`: of a new one all of it is in `owner`."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLES[0] | _LEARNT, EXAMPLES[1]]})

    contact: ContactIn | None = None
    told: ToldIn | None = None
