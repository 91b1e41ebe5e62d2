"""Requests and views of appointments (AGD-3)."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from vetagenda_agenda.occupancy.rules import Cap
from vetagenda_agenda.records.owners import NewOwner
from vetagenda_agenda.records.species import Species
from vetagenda_agenda.schemas import Address, Phone, Remark
from vetagenda_contracts.agenda import AppointmentStatus, OwnersChannel, PracticesChannel, Source, Told
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Day, Instant, LongText, Name, PatchModel, RequestModel, ShortText, ViewModel

CalendarIds = Annotated[list[UUID], Field(min_length=1, max_length=10), EachOnce()]
AnimalIds = Annotated[list[UUID], Field(max_length=20), EachOnce()]
By = Literal["owner", "practice"]
REAL_TIME = "Real time, also in a test practice, whose own clock stands elsewhere."
RealTime = Annotated[datetime, Field(description=REAL_TIME)]
PRACTICE_TIME = "The practice's clock: real time, or where a test practice's clock stands."

OVERLAPS = (
    "Something else lies there when this is read, buffers included: another appointment or request (which"
    " then says so too), an absence or a closure. It changes without a new `version`, as what lies there"
    " comes and goes. In the history and with `as_of`: whether it was laid over something when it was last"
    " booked, accepted or moved."
)


class Override(RequestModel):
    """Staff book over something on purpose: who, when and why is kept (AGD-2)."""

    reason: Name


class ToldIn(RequestModel, Told):
    """Who is told of this change at once: the owner, and the practice's people. Null is as the practice has
    configured it, an empty list is nobody."""

    owner: Annotated[list[OwnersChannel], Field(max_length=2), EachOnce()] | None = None
    practice: Annotated[list[PracticesChannel], Field(max_length=4), EachOnce()] | None = None


class AppointmentDetails(RequestModel):
    """`title` is the practice's reason, seen by staff only; `description` is the one the owner sees."""

    title: ShortText = ""
    description: LongText = ""
    notes: LongText = ""
    phone: Phone | None = None
    owner_name: ShortText | None = None
    published: bool = False
    needs_completion: bool = False


_ID = "01a20890-1b2e-7228-9cfe-5c5b552bc83"
_VACCINATION: dict[str, Any] = {
    "calendar_ids": [f"{_ID}3"],
    "start": "2026-11-25T10:00:00+01:00",
    "appointment_type_id": f"{_ID}4",
    "owner_id": f"{_ID}6",
    "animal_ids": [f"{_ID}7"],
    "notes": "Is afraid of other dogs",
}


class NewAppointment(AppointmentDetails):
    """Staff's booking; opening hours do not bind them. `end` defaults to the type's duration there."""

    model_config = ConfigDict(json_schema_extra={"examples": [_VACCINATION]})

    calendar_ids: CalendarIds
    start: Instant
    end: Instant | None = None
    appointment_type_id: UUID | None = None
    owner_id: UUID | None = None
    animal_ids: AnimalIds = []
    override: Override | None = None
    told: ToldIn | None = None


class NewAnimalOfOwner(RequestModel):
    name: Name
    species: Species | None = None
    breed: ShortText | None = None
    born_on: date | None = None


class ContactIn(RequestModel):
    """What was learnt on the telephone of an owner who has a record already."""

    email: EmailAddress | None = None
    birth_date: Day | None = None
    address: Address | None = None
    remark: Remark | None = None


class CapIn(RequestModel):
    appointment_type_id: UUID
    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    limit: int

    def cap(self) -> Cap:
        return Cap(self.appointment_type_id, self.from_, self.to, self.limit)


class PutAppointment(NewAppointment):
    """Another service's order, idempotent by the id in the path.

    `owner` and `animals` make new records in the same transaction. `allow_overlap` is for what was typed
    on a phone: it is never refused. `hold_id` is given up for it. `origin` names the sync link, `typed_by`
    whoever typed it there. `contact` is of the owner with `owner_id`.
    """

    status: Literal["requested", "confirmed"] = "confirmed"
    source: Source = "partner"
    owner: NewOwner | None = None
    contact: ContactIn | None = None
    animals: Annotated[list[NewAnimalOfOwner], Field(max_length=20)] = []
    hold_id: UUID | None = None
    allow_overlap: bool = False
    caps: list[CapIn] = []
    expires_at: Instant | None = None
    origin: str | None = None
    typed_by: ShortText | None = None

    @model_validator(mode="after")
    def _a_request_overlaps_nothing(self) -> Self:
        if self.status == "requested" and (self.allow_overlap or self.override is not None):
            raise ValueError("a request is never laid over something: two that overlap could be accepted")
        return self


class AppointmentPatch(PatchModel):
    """Who gives an appointment that is to be completed its owner and an animal completes it."""

    clearable: ClassVar[frozenset[str]] = frozenset(
        {"phone", "owner_name", "appointment_type_id", "owner_id"}
    )

    title: ShortText | None = None
    description: LongText | None = None
    notes: LongText | None = None
    phone: Phone | None = None
    owner_name: ShortText | None = None
    published: bool | None = None
    needs_completion: bool | None = None
    appointment_type_id: UUID | None = None
    owner_id: UUID | None = None
    animal_ids: AnimalIds | None = None


class SyncPatch(PatchModel):
    """A change made in a remote calendar, applied against the version that the sync engine merged with."""

    clearable: ClassVar[frozenset[str]] = frozenset({"phone", "owner_name"})

    expected_version: int
    title: ShortText | None = None
    notes: LongText | None = None
    phone: Phone | None = None
    owner_name: ShortText | None = None
    start: Instant | None = None
    end: Instant | None = None
    needs_completion: bool | None = None
    origin: str | None = None


class Reschedule(RequestModel):
    """Without `end` the length is kept; without `calendar_ids` the calendars are."""

    start: Instant
    end: Instant | None = None
    calendar_ids: CalendarIds | None = None
    override: Override | None = None
    told: ToldIn | None = None


class InternalReschedule(Reschedule):
    by: By = "practice"
    hold_id: UUID | None = None
    caps: list[CapIn] = []
    origin: str | None = None


class Extend(RequestModel):
    """So many minutes longer than it is."""

    minutes: Annotated[int, Field(ge=1, le=24 * 60)]


class Cancel(RequestModel):
    by: By = "practice"
    reason: ShortText = ""
    told: ToldIn | None = None


class InternalCancel(Cancel):
    origin: str | None = None


class OwnerConfirmation(RequestModel):
    """`sequence` is that of the revision which the owner saw and says yes to."""

    sequence: int


class AppointmentView(ViewModel):
    id: UUID
    practice_id: UUID
    uid: str
    version: int
    sequence: int
    status: AppointmentStatus
    title: str
    description: str
    notes: str
    phone: str | None
    appointment_type_id: UUID | None
    calendar_ids: list[UUID]
    owner_id: UUID | None
    owner_name: str | None
    animal_ids: list[UUID]
    published: bool
    needs_completion: bool
    overlaps: Annotated[bool, Field(description=OVERLAPS)]
    start: datetime
    end: datetime
    source: Source
    cancelled_by: By | None
    cancel_reason: str | None
    expires_at: datetime | None
    confirmed_by_owner_at: datetime | None = None
    created_at: RealTime
    updated_at: Annotated[RealTime, Field(description=f"{REAL_TIME} `changed_since` asks for it.")]


class Proposal(ViewModel):
    """A new time for the same visit, as it stands a body for `POST .../appointments`: one call books it."""

    start: datetime
    end: datetime
    calendar_ids: list[UUID]
    appointment_type_id: UUID | None
    owner_id: UUID | None
    owner_name: str | None
    animal_ids: list[UUID]
    title: str
    description: str
    phone: str | None


class MissedView(AppointmentView):
    """`proposals` are free for staff; `slots` is where booking answers what its rules offer online."""

    proposals: list[Proposal]
    slots: str | None


class ChangeView(ViewModel):
    """One entry of the history: who changed what, when (the practice's time), before and after."""

    version: int
    event_type: str
    actor_kind: str
    actor_id: str
    at: Annotated[datetime, Field(description=f"{PRACTICE_TIME} `as_of` asks for it.")]
    recorded_at: RealTime
    before: dict[str, object] | None
    after: dict[str, object] | None


class AppointmentRefs(RequestModel):
    """Which appointments somebody asks about, all in one call."""

    appointment_ids: Annotated[list[UUID], Field(max_length=500)]


class OwnerRefs(RequestModel):
    owner_ids: Annotated[list[UUID], Field(max_length=500)] = []
    animal_ids: Annotated[list[UUID], Field(max_length=500)] = []

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.owner_ids and not self.animal_ids:
            raise ValueError("name at least one owner or animal")
        return self
