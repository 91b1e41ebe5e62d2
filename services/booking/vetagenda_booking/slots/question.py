"""Everything that the judgement of a start depends on, as plain values: no clock, no database, no network."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from vetagenda_booking.slots.busy import BusyTimes
from vetagenda_booking.slots.hours import OpenRange, WeeklyHours
from vetagenda_kit.public_holidays import PublicHolidays

NOTHING_BUSY = BusyTimes()

Arrangement = Literal["adjoining", "parallel"]
OwnerKind = Literal["new", "known"]
OWNER_KINDS: frozenset[OwnerKind] = frozenset({"new", "known"})

RuleCode = Literal[
    "closed",
    "holiday",
    "lead-time",
    "horizon",
    "walk-in",
    "cap",
    "species",
    "owner",
    "paused",
    "closure",
    "absence",
    "busy",
    "step",
    "type",
    "calendar",
    "nonexistent-time",
    "override-closed",
]


@dataclass(frozen=True)
class TypeRules:
    """What a practice restricts for one appointment type; None and empty mean unrestricted."""

    hours: WeeklyHours | None = None
    daily_cap: int | None = None
    weekly_cap: int | None = None
    species: frozenset[str] = frozenset()
    owner_kinds: frozenset[OwnerKind] = OWNER_KINDS


@dataclass(frozen=True)
class Rules:
    """The booking profile of a practice: wall-clock hours, elapsed lead time, a horizon in local days."""

    hours: WeeklyHours
    lead_time: timedelta = timedelta(0)
    horizon_days: int = 60
    step_minutes: int = 15
    holidays: tuple[tuple[date, date], ...] = ()
    public_holidays: PublicHolidays | None = None
    exceptions: Mapping[date, tuple[OpenRange, ...]] = field(default_factory=dict)
    paused_until: datetime | None = None
    species: frozenset[str] = frozenset()
    owner_kinds: frozenset[OwnerKind] = OWNER_KINDS
    types: Mapping[UUID, TypeRules] = field(default_factory=dict)
    calendar_hours: Mapping[UUID, WeeklyHours] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Calendar:
    """A calendar of the practice and the times in it that are taken; compared by identity.

    `closed` and `away` are those of the `busy` times in which the practice is closed, or who or what the
    calendar is for is absent: they tell why, and nothing else.
    """

    id: UUID
    kind: str
    busy: BusyTimes = NOTHING_BUSY
    closed: BusyTimes = NOTHING_BUSY
    away: BusyTimes = NOTHING_BUSY


@dataclass(frozen=True)
class Requirement:
    """One calendar of `kind`, out of `any_of` when that names some."""

    kind: str
    any_of: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Offering:
    """The appointment type as far as booking cares; buffers surround the appointment in its calendars.

    `durations` are those of calendars that need a time of their own; of several the longest counts (AGD-6).
    """

    id: UUID
    duration: timedelta
    buffer_before: timedelta = timedelta(0)
    buffer_after: timedelta = timedelta(0)
    requires: tuple[Requirement, ...] = ()
    bookable_online: bool = True
    species: frozenset[str] = frozenset()
    durations: Mapping[UUID, timedelta] = field(default_factory=dict)


class Starts:
    """Instants in epoch seconds, ascending, that are counted by interval."""

    __slots__ = ("_starts",)

    def __init__(self, starts: Sequence[int] = ()) -> None:
        self._starts = starts

    def count(self, begin: datetime, end: datetime) -> int:
        return bisect_left(self._starts, end.timestamp()) - bisect_left(self._starts, begin.timestamp())


NO_STARTS = Starts()


@dataclass(frozen=True)
class Question:
    """May this person book this type at a start? `species` and `owner_kind` left out are not restricted.

    `load` has the existing starts of each calendar, `of_this_type` those of the type, each appointment once;
    `calendar_ids` are the calendars that the caller insists on; `last_chosen` says when booking last chose
    one. Several animals are one appointment, all or nothing (BOOK-9): of as many durations one after the
    other (adjoining), or in as many calendars of each kind at the same time (parallel). `at_least` is how
    long an appointment that is moved stays in any case.
    """

    now: datetime
    zone: ZoneInfo
    rules: Rules
    offering: Offering
    calendars: tuple[Calendar, ...]
    load: Mapping[UUID, Starts] = field(default_factory=dict)
    of_this_type: Starts = NO_STARTS
    last_chosen: Mapping[UUID, datetime] = field(default_factory=dict)
    calendar_ids: frozenset[UUID] = frozenset()
    species: frozenset[str] = frozenset()
    owner_kind: OwnerKind | None = None
    animal_count: int = 1
    arrangement: Arrangement = "adjoining"
    at_least: timedelta = timedelta(0)

    @cached_property
    def at_once(self) -> int:
        """How many animals are seen at the same time."""
        return self.animal_count if self.arrangement == "parallel" else 1

    @cached_property
    def shortest(self) -> timedelta:
        """What the appointment takes at least: in the quickest of the calendars."""
        return self._for_all(min([self.offering.duration, *self.offering.durations.values()]))

    def duration_in(self, calendar_ids: Iterable[UUID]) -> timedelta:
        """The longest of the calendars' own durations, or the type's where none has one."""
        own = [self.offering.durations[each] for each in calendar_ids if each in self.offering.durations]
        return self._for_all(max(own, default=self.offering.duration))

    def _for_all(self, duration: timedelta) -> timedelta:
        return max(duration * (self.animal_count // self.at_once), self.at_least)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @cached_property
    def type_rules(self) -> TypeRules:
        return self.rules.types.get(self.offering.id, TypeRules())

    @cached_property
    def last_day(self) -> date:
        """The last bookable day by the practice's clock."""
        return self.today + timedelta(days=self.rules.horizon_days)

    @cached_property
    def earliest(self) -> datetime:
        return self.now + self.rules.lead_time

    @cached_property
    def earliest_second(self) -> float:
        return self.earliest.timestamp()

    @cached_property
    def buffer_seconds(self) -> tuple[int, int]:
        """Before and after the appointment; whole minutes."""
        offering = self.offering
        return round(offering.buffer_before.total_seconds()), round(offering.buffer_after.total_seconds())


@dataclass(frozen=True, slots=True)
class Offer:
    """A start that books, [start, end) in UTC, and the calendars it would take."""

    start: datetime
    end: datetime
    calendar_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rule that refused a start, and why, for people."""

    rule: RuleCode
    detail: str
