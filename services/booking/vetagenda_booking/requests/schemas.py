"""Booking requests on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from vetagenda_booking.holds.schemas import CalendarIds
from vetagenda_booking.slots.question import Arrangement
from vetagenda_booking.slots.schemas import AnimalCount, SpeciesName, Stated
from vetagenda_contracts.booking import RequestStatus
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.models import Day, LongText, Name, RequestModel, ShortText, ViewModel

Phone = Annotated[str, Field(min_length=3, max_length=40)]


class ConsentsIn(RequestModel):
    """What the new owner agrees to be reached by."""

    sms: bool = False
    email: bool = False
    letter: bool = False
    phone: bool = False


class AddressIn(RequestModel):
    street: ShortText
    postal_code: ShortText = ""
    city: Name
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None


AddressLines = AddressIn | Annotated[str, Field(min_length=1, max_length=500)]
"""Structured, or the lines as one text."""
Locale = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$", examples=["fr-FR"])]
Remark = Annotated[str, Field(max_length=2_000)]


class NewOwnerIn(RequestModel):
    """A person without a record yet: one is made together with the appointment. `remark` is for the
    practice's people alone."""

    given_name: Name
    family_name: Name
    phone: Phone
    email: EmailAddress | None = None
    address: AddressLines | None = None
    locale: Locale | None = None
    birth_date: Day | None = None
    remark: Remark = ""
    consents: ConsentsIn = ConsentsIn()


class AnimalIn(RequestModel):
    """An animal with a record by `animal_id`, a new one by its name."""

    animal_id: UUID | None = None
    name: Name | None = None
    species: SpeciesName | None = None
    breed: ShortText | None = None
    born_on: date | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.animal_id is None) == (self.name is None):
            raise ValueError("give either animal_id, or the name of a new animal")
        return self


_TYPE, _OWNER, _ANIMAL = (f"01a20890-1b2e-7228-9cfe-5c5b552bc83{number}" for number in (5, 6, 7))
_FOR_A_KNOWN_OWNER: dict[str, Any] = {
    "appointment_type_id": _TYPE,
    "start": "2026-11-25T10:00:00+01:00",
    "owner_id": _OWNER,
    "animals": [{"animal_id": _ANIMAL}],
    "description": "He limps since Sunday.",
}
_FOR_A_NEW_OWNER: dict[str, Any] = {
    "appointment_type_id": _TYPE,
    "start": "2026-11-25T10:00:00+01:00",
    "owner": {"given_name": "Chloé", "family_name": "Noël", "phone": "+33611223344"},
    "animals": [{"name": "Milou", "species": "dog"}],
}


EXAMPLES = (_FOR_A_KNOWN_OWNER, _FOR_A_NEW_OWNER)


class NewBookingRequest(RequestModel):
    """Either `owner_id` or `owner`. `description` is the owner's own reason for the visit.

    Without `animals`, `species` and `animal_count` say what the slots were asked for. Several animals are one
    appointment: one after the other (adjoining), or at the same time in calendars of their own (parallel).
    """

    model_config = ConfigDict(json_schema_extra={"examples": list(EXAMPLES)})

    appointment_type_id: UUID
    start: Stated
    calendar_ids: CalendarIds = []
    hold_token: ShortText | None = None
    owner_id: UUID | None = None
    owner: NewOwnerIn | None = None
    animals: Annotated[list[AnimalIn], Field(max_length=20)] = []
    species: SpeciesName | None = None
    animal_count: AnimalCount | None = None
    arrangement: Arrangement = "adjoining"
    description: LongText = ""
    notes: LongText = ""


class BookingRequestView(ViewModel):
    """What became of a request. The appointment itself is the agenda's; `start` is as requested."""

    id: UUID
    version: int
    status: RequestStatus
    appointment_id: UUID
    appointment_type_id: UUID
    calendar_ids: list[UUID]
    owner_id: UUID | None
    animal_ids: list[UUID]
    start: datetime
    end: datetime
    expires_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, row: Any) -> "BookingRequestView":
        return cls.model_validate(row)
