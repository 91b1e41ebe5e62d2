"""One local day of a question: its open windows, its candidate starts, its calendars in order.

In epoch seconds, because every start of the day is compared with them. What is asked about may lie between
two whole seconds: a float tells the two from it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from vetagenda_booking.slots.assignment import Needs, in_fair_order
from vetagenda_booking.slots.hours import OpenRange, format_clock
from vetagenda_booking.slots.question import Calendar, Question, RuleCode, Rules
from vetagenda_booking.slots.wall_clock import DAY, LocalDay


@dataclass(frozen=True, slots=True)
class Window:
    """An open range of a day in epoch seconds, [opens, closes)."""

    hours: OpenRange
    opens: int
    closes: int

    def covers(self, start: float, end: float) -> bool:
        return self.opens <= start and end <= self.closes

    @property
    def shown(self) -> str:
        return f"{format_clock(self.hours.opens)}-{format_clock(self.hours.closes)}"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What the judgement of every start of one day shares, worked out once.

    `type_windows` is None when the type has no hours of its own; `calendar_windows` has only the calendars
    that have some. `begins` is the day's first second, `full` the cap that it has reached.
    """

    question: Question
    day: LocalDay
    begins: int
    windows: tuple[Window, ...]
    closed_by: RuleCode
    type_windows: tuple[Window, ...] | None
    calendar_windows: dict[UUID, tuple[Window, ...]]
    needs: Needs
    full: "CapInterval | None"

    def window_at(self, start: float) -> Window | None:
        for window in self.windows:
            if window.opens <= start < window.closes:
                return window
        return None

    def starts(self) -> list[int]:
        """The grid of candidate starts in order: wall-clock steps from each range's start (BOOK-3)."""
        return sorted(set(self._grid()))

    def _grid(self) -> Iterator[int]:
        step = self.question.rules.step_minutes
        for window in self.windows:
            if window.hours.kind == "appointment":
                for minutes in range(window.hours.opens, window.hours.closes, step):
                    yield from self._readings(minutes)

    def _readings(self, minutes: int) -> Iterable[int]:
        if self.day.even:
            return (self.begins + 60 * minutes,)
        return (int(reading.timestamp()) for reading in self.day.readings(minutes))

    def shown_at(self, start: float) -> float:
        """What the wall clock shows at an instant of this day, in seconds since midnight."""
        if self.day.even:
            return start - self.begins
        return self.day.shown_at(datetime.fromtimestamp(start, UTC)).total_seconds()

    def works(self, calendar: Calendar, start: float, end: float) -> bool:
        """The calendar's own hours, if it has any, cover the appointment."""
        windows = self.calendar_windows.get(calendar.id)
        return windows is None or any(window.covers(start, end) for window in windows)


def plan_day(question: Question, on: date, needs: Needs) -> DayPlan:
    rules, day = question.rules, LocalDay.of(on, question.zone)
    ranges, closed_by = hours_on(rules, on)
    type_hours = question.type_rules.hours
    return DayPlan(
        question=question,
        day=day,
        begins=int(day.begins.timestamp()),
        windows=_windows(ranges, day),
        closed_by=closed_by,
        type_windows=None if type_hours is None else _windows(type_hours.on(on), day),
        calendar_windows={i: _windows(hours.on(on), day) for i, hours in rules.calendar_hours.items()},
        needs=in_fair_order(needs, question, day.begins, day.ends),
        full=next((cap for cap in caps_on(question, day) if cap.is_reached(question)), None),
    )


def hours_on(rules: Rules, day: date) -> tuple[tuple[OpenRange, ...], RuleCode]:
    """The ranges of a day and the rule that a start outside them meets.

    A dated exception beats a holiday, also a public one; a holiday beats the week (BOOK-1).
    """
    if day in rules.exceptions:
        return rules.exceptions[day], "override-closed"
    if any(first <= day <= last for first, last in rules.holidays):
        return (), "holiday"
    if rules.public_holidays is not None and rules.public_holidays.name_on(day):
        return (), "holiday"
    return rules.hours.on(day), "closed"


@dataclass(frozen=True, slots=True)
class CapInterval:
    """At most `limit` appointments of the type start in [begins, ends), a local day or week."""

    per: str
    begins: datetime
    ends: datetime
    limit: int

    def is_reached(self, question: Question) -> bool:
        return question.of_this_type.count(self.begins, self.ends) >= self.limit


def caps_on(question: Question, day: LocalDay) -> list[CapInterval]:
    limits, caps = question.type_rules, []
    if limits.daily_cap is not None:
        caps.append(CapInterval("day", day.begins, day.ends, limits.daily_cap))
    if limits.weekly_cap is not None:
        caps.append(CapInterval("week", *_week_of(day), limits.weekly_cap))
    return caps


def caps_at(question: Question, start: datetime) -> list[dict[str, Any]]:
    """Sent along with the take: the agenda counts again under its lock."""
    day = LocalDay.of(start.astimezone(question.zone).date(), question.zone)
    return [
        {
            "appointment_type_id": str(question.offering.id),
            "from": cap.begins.isoformat(),
            "to": cap.ends.isoformat(),
            "limit": cap.limit,
        }
        for cap in caps_on(question, day)
    ]


def _week_of(day: LocalDay) -> tuple[datetime, datetime]:
    """The week that holds `day`, Monday 00:00 to Monday 00:00 by the practice's clock."""
    monday = day.date - day.date.weekday() * DAY
    return LocalDay.of(monday, day.zone).begins, LocalDay.of(monday + 7 * DAY, day.zone).begins


def _windows(ranges: tuple[OpenRange, ...], day: LocalDay) -> tuple[Window, ...]:
    return tuple(Window(r, _edge(day, r.opens), _edge(day, r.closes)) for r in ranges)


def _edge(day: LocalDay, minutes: int) -> int:
    return int(day.boundary(minutes).timestamp())
