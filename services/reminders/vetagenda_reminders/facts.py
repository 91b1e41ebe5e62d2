"""What the agenda says about a subject at one moment: the only ground for planning and sending.

The shapes are the agenda's answers, reduced to what reminders reads. Times are instants in UTC.
"""

import re
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from vetagenda_reminders.local_time import at_local, local_day


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class State(StrEnum):
    """An appointment's status. A declined or expired request is a cancelled one here."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class PracticeFacts(_Facts):
    """`now` is a test practice's virtual instant, None for a live one. `address` is one line of text,
    `postal` the same in its parts, `country` ISO 3166."""

    id: UUID
    name: str
    time_zone: str
    locale: str = "fr"
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    country: str = "FR"
    postal: "PostalAddress | None" = None
    now: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Consents(_Facts):
    sms: bool = False
    email: bool = False
    letter: bool = False
    phone: bool = False


class PostalAddress(_Facts):
    """As it stands on an envelope: in its parts (`country` is ISO 3166), or as it was written."""

    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    written: str | None = None

    @property
    def lines(self) -> list[str]:
        """Without the country; none when it is not complete: what was written is taken to be, from two
        lines (or parts between commas) on."""
        if self.written is not None:
            lines = [line.strip() for line in re.split(r"[\n,]", self.written) if line.strip()]
            return lines if len(lines) > 1 else []
        if not (self.street and self.postal_code and self.city):
            return []
        return [self.street, f"{self.postal_code} {self.city}"]


class OwnerFacts(_Facts):
    """`completed_visits` is None when the agenda does not say: then nobody counts as new."""

    id: UUID
    given_name: str | None = None
    family_name: str | None = None
    phone: str | None = None
    email: str | None = None
    address: PostalAddress | None = None
    locale: str | None = None
    consents: Consents = Consents()
    completed_visits: int | None = None

    @field_validator("consents", mode="before")
    @classmethod
    def none_given(cls, value: Any) -> Any:
        return value or {}

    @field_validator("address", mode="before")
    @classmethod
    def as_written(cls, value: Any) -> Any:
        return {"written": value} if isinstance(value, str) else value

    @property
    def full_name(self) -> str:
        return " ".join(name for name in (self.given_name, self.family_name) if name)

    @property
    def is_new(self) -> bool:
        return self.completed_visits == 0


class AnimalFacts(_Facts):
    id: UUID
    name: str = ""
    species: str | None = None
    owner_id: UUID | None = None
    born_on: date | None = None
    deceased_on: date | None = None


class ArrivalWindow(_Facts):
    """When to be there, on the practice's clock, instead of the hour of a surgery."""

    start: time = Field(alias="from")
    end: time = Field(alias="to")


class TypeFacts(_Facts):
    """The templates' ids are as somebody typed them: they may name nothing (any more)."""

    id: UUID
    name: str = ""
    hide_time: bool = False
    arrival_window: ArrivalWindow | None = None
    confirmation_template_id: UUID | None = None
    reminder_template_id: UUID | None = None


class CalendarFacts(_Facts):
    id: UUID
    name: str = ""
    kind: str = "practitioner"


class VisitFacts(_Facts):
    """A visit to a practice, whether it is booked or only offered, and everybody in it."""

    id: UUID
    version: int
    start: datetime
    end: datetime
    calendar_ids: tuple[UUID, ...] = ()
    owner: OwnerFacts | None = None
    animals: tuple[AnimalFacts, ...] = ()
    appointment_type: TypeFacts | None = None
    calendars: tuple[CalendarFacts, ...] = ()

    @property
    def owner_id(self) -> UUID | None:
        return self.owner.id if self.owner else None

    @property
    def hides_time(self) -> bool:
        return self.appointment_type is not None and self.appointment_type.hide_time

    @property
    def arrival_window(self) -> ArrivalWindow | None:
        return self.appointment_type.arrival_window if self.appointment_type and self.hides_time else None

    @property
    def practitioners(self) -> tuple[CalendarFacts, ...]:
        return tuple(one for one in self.calendars if one.kind == "practitioner")

    @property
    def living(self) -> tuple[AnimalFacts, ...]:
        return tuple(animal for animal in self.animals if animal.deceased_on is None)

    @property
    def all_deceased(self) -> bool:
        return bool(self.animals) and not self.living


class AppointmentFacts(VisitFacts):
    """One appointment, as the agenda has it now. `uid` and `sequence` are iCalendar's, `description` is what
    the practice wrote for its owner."""

    sequence: int
    uid: str = ""
    description: str = ""
    state: State
    source: str = "staff"
    published: bool = False
    confirmed_by_owner_at: datetime | None = None

    def expected_at(self, zone: ZoneInfo) -> datetime:
        """When the owner is to be there: the arrival window's begin for a hidden time (REM-5), so that
        not even the minute at which a reminder comes gives the hour away."""
        if self.arrival_window is None:
            return self.start
        arrival = at_local(local_day(self.start, zone), self.arrival_window.start, zone)
        return min(arrival, self.start)


class InAgenda(_Facts):
    """A coming appointment in short. `updated_at` is real time."""

    id: UUID
    version: int
    state: State
    start: datetime
    updated_at: datetime


class OfferFacts(VisitFacts):
    """A time that is kept for somebody on the waiting list until `expires_at`, while `status` is open.
    `waiting`: they have not left the list, nor been booked."""

    status: str
    made_at: datetime
    expires_at: datetime
    waiting: bool = True

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    @property
    def is_taken_back(self) -> bool:
        """By the practice, from somebody who would still like to come."""
        return self.status == "withdrawn" and self.waiting


class DeskMessageFacts(_Facts):
    """What a call centre wrote to the practice, and where the practice is told of it. One that was deleted,
    or whose words were erased, says nothing any more."""

    id: UUID
    version: int
    kind: str
    subject: str = ""
    text: str = ""
    contact_name: str = ""
    contact_phone: str | None = None
    due_at: datetime | None = None
    owner_id: UUID | None = None
    deleted: bool = False
    notify: tuple[str, ...] = ()
    email: str | None = None
    fax: str | None = None
    mobile: str | None = None
    email_subject: str = ""
    email_header: str = ""
    email_footer: str = ""

    @field_validator("contact_name", mode="before")
    @classmethod
    def nobody(cls, value: Any) -> Any:
        return value or ""

    @property
    def stands(self) -> bool:
        return not self.deleted and bool(self.subject)

    @property
    def is_urgent(self) -> bool:
        return self.kind == "urgent"
