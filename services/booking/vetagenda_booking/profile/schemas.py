"""The booking profile on the wire, its normal form, and what it means to the rules."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_serializer,
    model_validator,
)

from vetagenda_booking.slots import hours
from vetagenda_booking.slots.hours import OpenRange, RangeKind, WeeklyHours
from vetagenda_booking.slots.question import OwnerKind, Rules, TypeRules
from vetagenda_booking.slots.schemas import SpeciesName
from vetagenda_kit import public_holidays
from vetagenda_kit.models import Instant, RequestModel, ShortText
from vetagenda_kit.public_holidays import PublicHolidays

MAX_HOURS = 24 * 366


def _clock(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("write it as a time of day such as 09:30")
    return hours.parse_clock(value)


ClockTime = Annotated[
    int,
    BeforeValidator(_clock),
    Field(ge=0, le=hours.MINUTES_PER_DAY),
    WithJsonSchema({"type": "string", "examples": ["09:00"]}),  # minutes here, text on the wire
]
Cap = Annotated[int, Field(ge=0, le=10_000)]
AcceptedSpecies = Annotated[tuple[SpeciesName, ...], Field(max_length=100)]


class HoursRange(RequestModel):
    """`{"from": "10:00", "to": "12:00"}` by the practice's clock; kind walk_in is shown, never offered."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"from": "09:00", "to": "12:00"}]})

    from_: Annotated[ClockTime, Field(alias="from")]
    to: ClockTime
    kind: RangeKind = "appointment"

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        hours.check_range(self.from_, self.to)
        return self

    @field_serializer("from_", "to")
    def _text(self, value: int) -> str:
        return hours.format_clock(value)

    def range(self) -> OpenRange:
        return OpenRange(self.from_, self.to, self.kind)


def _text_form(value: Any) -> Any:
    return hours.parse_text(value) if isinstance(value, str) else value


def _in_order(ranges: tuple[HoursRange, ...]) -> tuple[HoursRange, ...]:
    hours.check_day(_ranges(ranges))
    return tuple(sorted(ranges, key=HoursRange.range))


def _ranges(day: Iterable[HoursRange]) -> tuple[OpenRange, ...]:
    return tuple(each.range() for each in day)


_MOST_RANGES = 24
_InText = Annotated[str, Field(examples=["09:00-12:00, 14:00-18:00"])]
_InParts = Annotated[list[HoursRange], Field(max_length=_MOST_RANGES)]
DayHours = Annotated[
    Annotated[tuple[HoursRange, ...], Field(max_length=_MOST_RANGES)],
    BeforeValidator(_text_form, json_schema_input_type=_InText | _InParts),
    AfterValidator(_in_order),
]
"""Text such as `10:00-12:00, 14:00-18:00`, or a list of ranges. Empty: closed."""


class OpeningHours(RequestModel):
    """By weekday, in the practice's wall-clock time; a weekday left out is closed."""

    monday: DayHours = ()
    tuesday: DayHours = ()
    wednesday: DayHours = ()
    thursday: DayHours = ()
    friday: DayHours = ()
    saturday: DayHours = ()
    sunday: DayHours = ()

    def weekly(self) -> WeeklyHours:
        return WeeklyHours(tuple(_ranges(getattr(self, day)) for day in hours.WEEKDAYS))


class Holiday(RequestModel):
    """Closed from the first to the last day, both included."""

    from_: Annotated[date, Field(alias="from")]
    to: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to < self.from_:
            raise ValueError("to must not be before from")
        return self


class PublicHolidaysIn(RequestModel):
    """Closed on a country's public holidays; `subdivision` adds those of a state, a department, a canton."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(public_holidays.check_country)]
    subdivision: ShortText | None = None

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        public_holidays.check_subdivision(self.country, self.subdivision)
        return self

    def calendar(self) -> PublicHolidays:
        return PublicHolidays(self.country, self.subdivision)


class DatedHours(RequestModel):
    """The hours of one date instead of the week's, holiday or not; empty: closed."""

    date: date
    opening_hours: DayHours = ()


class TypeRestriction(RequestModel):
    """What holds for one appointment type only; left out: unrestricted."""

    appointment_type_id: UUID
    opening_hours: OpeningHours | None = None
    daily_cap: Cap | None = None
    weekly_cap: Cap | None = None
    species: AcceptedSpecies = ()
    owner_kinds: Annotated[tuple[OwnerKind, ...], Field(min_length=1)] = ("known", "new")

    def rules(self) -> TypeRules:
        return TypeRules(
            hours=None if self.opening_hours is None else self.opening_hours.weekly(),
            daily_cap=self.daily_cap,
            weekly_cap=self.weekly_cap,
            species=frozenset(self.species),
            owner_kinds=frozenset(self.owner_kinds),
        )


class CalendarHours(RequestModel):
    """When one calendar takes online bookings, within the practice's hours."""

    calendar_id: UUID
    opening_hours: OpeningHours


class Profile(RequestModel):
    """Who may book what, when and how far ahead (BOOK-1 to BOOK-8).

    `lead_time_hours` and `cancel_limit_hours` are elapsed; the last bookable day is today + `horizon_days`;
    `slot_step_minutes` counts from each range's start.
    """

    opening_hours: OpeningHours = OpeningHours()
    lead_time_hours: Annotated[float, Field(ge=0, le=MAX_HOURS)] = 0
    horizon_days: Annotated[int, Field(ge=0, le=730)] = 60
    slot_step_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 15
    holidays: Annotated[tuple[Holiday, ...], Field(max_length=500)] = ()
    public_holidays: PublicHolidaysIn | None = None
    exceptions: Annotated[tuple[DatedHours, ...], Field(max_length=500)] = ()
    paused_until: Instant | None = None
    species: AcceptedSpecies = ()
    owner_kinds: Annotated[tuple[OwnerKind, ...], Field(min_length=1)] = ("known", "new")
    types: Annotated[tuple[TypeRestriction, ...], Field(max_length=500)] = ()
    calendars: Annotated[tuple[CalendarHours, ...], Field(max_length=500)] = ()
    cancel_limit_hours: Annotated[float, Field(ge=0, le=MAX_HOURS)] = 24
    hold_minutes: Annotated[int, Field(ge=1, le=60)] = 10
    request_expiry_hours: Annotated[float, Field(gt=0, le=MAX_HOURS)] = 48

    @property
    def cancel_limit(self) -> timedelta:
        return timedelta(hours=self.cancel_limit_hours)

    @cached_property
    def rules(self) -> Rules:
        return Rules(
            hours=self.opening_hours.weekly(),
            lead_time=timedelta(hours=self.lead_time_hours),
            horizon_days=self.horizon_days,
            step_minutes=self.slot_step_minutes,
            holidays=tuple((holiday.from_, holiday.to) for holiday in self.holidays),
            public_holidays=self.public_holidays.calendar() if self.public_holidays else None,
            exceptions={each.date: _ranges(each.opening_hours) for each in self.exceptions},
            paused_until=self.paused_until,
            species=frozenset(self.species),
            owner_kinds=frozenset(self.owner_kinds),
            types={each.appointment_type_id: each.rules() for each in self.types},
            calendar_hours={each.calendar_id: each.opening_hours.weekly() for each in self.calendars},
        )


class ProfileView(Profile):
    """`version` 0 is the profile of a practice that has put none: closed."""

    version: int
