"""Appointment types (AGD-6): the motif of a visit, with what it needs and how it is booked."""

from datetime import datetime, time
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, field_serializer
from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.records.calendars import Kind
from vetagenda_agenda.records.resource import Resource
from vetagenda_agenda.records.species import Species
from vetagenda_agenda.tables import AppointmentType, Calendar
from vetagenda_contracts import agenda as events
from vetagenda_kit.db import WriteSession
from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import WALL_CLOCK, Name, PatchModel, RequestModel, ShortText, ViewModel
from vetagenda_kit.problems import InvalidRequest, NotFound

Mode = Literal["direct", "request", "request_for_new"]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]


class Requirement(RequestModel):
    """One calendar of `kind`; without `any_of` any calendar of that kind will do."""

    kind: Kind
    any_of: Annotated[list[UUID], EachOnce()] = []


class RequirementView(ViewModel):
    """Older types may name a calendar twice, which means the same as once."""

    kind: Kind
    any_of: list[UUID] = []


def _whole_minute(value: time) -> time:
    if value.tzinfo is not None or value.second or value.microsecond:
        raise ValueError("hours and minutes by the practice's clock are expected, as in 09:00")
    return value


WallClock = Annotated[time, AfterValidator(_whole_minute), WALL_CLOCK]
"""What is shown of it is all that there is: an offset or seconds would be lost."""


class ArrivalWindow(RequestModel):
    """What an owner is shown instead of the hour of a surgery: "between 08:00 and 09:00"."""

    from_: Annotated[WallClock, Field(alias="from")]
    to: WallClock

    @field_serializer("from_", "to")
    def _hours_and_minutes(self, value: time) -> str:
        return value.strftime("%H:%M")


class CalendarDuration(RequestModel):
    """How long this type takes in one calendar, instead of the type's own duration."""

    calendar_id: UUID
    minutes: Annotated[int, Field(ge=1, le=24 * 60)]


Durations = Annotated[list[CalendarDuration], Field(max_length=100)]


class NewAppointmentType(RequestModel):
    """The templates are the reminders' own: their ids are kept as given, and one that names no template of
    this practice when a message leaves says the default text."""

    name: Name
    duration_minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    durations: Durations = []
    buffer_before_minutes: Minutes = 0
    buffer_after_minutes: Minutes = 0
    requires: Annotated[list[Requirement], Field(max_length=10)] = []
    colour: ShortText | None = None
    bookable_online: bool = True
    mode: Mode = "direct"
    species: list[Species] | None = None
    hide_time: bool = False
    arrival_window: ArrivalWindow | None = None
    confirmation_template_id: UUID | None = None
    reminder_template_id: UUID | None = None


class AppointmentTypePatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset(
        {"colour", "species", "arrival_window", "confirmation_template_id", "reminder_template_id"}
    )

    name: Name | None = None
    duration_minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    durations: Durations | None = None
    buffer_before_minutes: Minutes | None = None
    buffer_after_minutes: Minutes | None = None
    requires: Annotated[list[Requirement], Field(max_length=10)] | None = None
    colour: ShortText | None = None
    bookable_online: bool | None = None
    mode: Mode | None = None
    species: list[Species] | None = None
    hide_time: bool | None = None
    arrival_window: ArrivalWindow | None = None
    confirmation_template_id: UUID | None = None
    reminder_template_id: UUID | None = None


class AppointmentTypeView(ViewModel):
    id: UUID
    practice_id: UUID
    version: int
    name: str
    duration_minutes: int
    durations: list[CalendarDuration]
    buffer_before_minutes: int
    buffer_after_minutes: int
    requires: list[RequirementView]
    colour: str | None
    bookable_online: bool
    mode: Mode
    species: list[str] | None
    hide_time: bool
    arrival_window: ArrivalWindow | None
    confirmation_template_id: UUID | None
    reminder_template_id: UUID | None
    created_at: datetime


async def _calendars_exist(session: WriteSession, kind: AppointmentType) -> None:
    """The calendars that are named are this practice's; in `requires`, of the kind that is asked for."""
    kind.requires = [RequirementView.model_validate(each).model_dump(mode="json") for each in kind.requires]
    if kind.arrival_window is not None:
        window = ArrivalWindow.model_validate(_aliased(kind.arrival_window))
        if window.from_ >= window.to:
            raise InvalidRequest.at("/arrival_window", "it must end after it begins")
        kind.arrival_window = window.model_dump(mode="json", by_alias=True)
    kind.durations = [
        CalendarDuration.model_validate(each).model_dump(mode="json") for each in kind.durations
    ]
    timed = [UUID(each["calendar_id"]) for each in kind.durations]
    named = {UUID(name) for each in kind.requires for name in each["any_of"]}
    query = select(col(Calendar.id), col(Calendar.kind)).where(col(Calendar.id).in_(named | set(timed)))
    found = dict((await session.execute(query)).all())
    for position, calendar_id in enumerate(timed):
        if calendar_id not in found:
            raise NotFound(f"/durations/{position}/calendar_id: there is no such calendar")
        if calendar_id in timed[:position]:
            raise InvalidRequest.at(f"/durations/{position}/calendar_id", "this calendar is named twice")
    for position, each in enumerate(kind.requires):
        for name in each["any_of"]:
            at = f"/requires/{position}/any_of"
            if UUID(name) not in found:
                raise NotFound(f"{at}: there is no such calendar")
            if found[UUID(name)] != each["kind"]:
                raise InvalidRequest.at(at, f"this calendar is no {each['kind']}")


def _aliased(window: dict[str, object]) -> dict[str, object]:
    return {"from": window.get("from", window.get("from_")), "to": window["to"]}


APPOINTMENT_TYPES = Resource(
    noun="appointment-type",
    path="appointment-types",
    scope="agenda",
    table=AppointmentType,
    new=NewAppointmentType,
    patch=AppointmentTypePatch,
    view=AppointmentTypeView,
    created=events.AppointmentTypeCreated,
    updated=events.AppointmentTypeUpdated,
    removed=events.AppointmentTypeDeleted,
    read_to_book=True,
    exposed_as="appointment_type_ids",
    check=_calendars_exist,
    named_in="appointment_type_id",
)
