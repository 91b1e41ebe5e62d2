"""One local day of a question: its open windows as instants, its candidate starts, its calendars in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from vetagenda_booking.slots import wall_clock
from vetagenda_booking.slots.assignment import Needs, in_fair_order
from vetagenda_booking.slots.hours import MINUTES_PER_DAY, OpenRange
from vetagenda_booking.slots.question import Question, RuleCode, Rules

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """An open range of a day as instants, [opens, closes)."""

    hours: OpenRange
    opens: datetime
    closes: datetime

    def covers(self, start: datetime, end: datetime) -> bool:
        return self.opens <= start and end <= self.closes


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What the judgement of every start of one day shares, worked out once.

    `type_windows` is None when the type has no hours of its own; `calendar_windows` has only the calendars
    that have some.
    """

    question: Question
    day: date
    windows: tuple[Window, ...]
    closed_by: RuleCode
    type_windows: tuple[Window, ...] | None
    calendar_windows: dict[UUID, tuple[Window, ...]]
    needs: Needs
    daily_count: int
    weekly_count: int

    def window_at(self, start: datetime) -> Window | None:
        return next((window for window in self.windows if window.opens <= start < window.closes), None)

    def starts(self) -> list[datetime]:
        """The grid of candidate starts in order: wall-clock steps from each range's start (BOOK-3)."""
        return sorted(set(self._grid()))

    def _grid(self) -> Iterator[datetime]:
        step, zone = self.question.rules.step_minutes, self.question.zone
        for window in self.windows:
            if window.hours.kind == "appointment":
                for minutes in range(window.hours.opens, window.hours.closes, step):
                    yield from wall_clock.readings(wall_clock.at(self.day, minutes), zone)

    def works(self, calendar_id: UUID, start: datetime, end: datetime) -> bool:
        """The calendar's own hours, if it has any, cover the appointment."""
        windows = self.calendar_windows.get(calendar_id)
        return windows is None or any(window.covers(start, end) for window in windows)


def plan_day(question: Question, day: date, needs: Needs) -> DayPlan:
    rules, zone = question.rules, question.zone
    begin, end = wall_clock.boundary(day, 0, zone), wall_clock.boundary(day, MINUTES_PER_DAY, zone)
    ranges, closed_by = hours_on(rules, day)
    type_hours = question.type_rules.hours
    return DayPlan(
        question=question,
        day=day,
        windows=_windows(ranges, day, zone),
        closed_by=closed_by,
        type_windows=None if type_hours is None else _windows(type_hours.on(day), day, zone),
        calendar_windows={i: _windows(hours.on(day), day, zone) for i, hours in rules.calendar_hours.items()},
        needs=in_fair_order(needs, question, begin, end),
        daily_count=question.of_this_type.count(begin, end),
        weekly_count=question.of_this_type.count(*week_of(day, zone)),
    )


def hours_on(rules: Rules, day: date) -> tuple[tuple[OpenRange, ...], RuleCode]:
    """The ranges of a day and the rule that a start outside them meets.

    A dated exception beats a holiday, a holiday beats the week (BOOK-1).
    """
    if day in rules.exceptions:
        return rules.exceptions[day], "override-closed"
    if any(first <= day <= last for first, last in rules.holidays):
        return (), "holiday"
    return rules.hours.on(day), "closed"


def week_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The week that holds `day`, Monday 00:00 to Monday 00:00 by the practice's clock."""
    monday = day - day.weekday() * _DAY
    return wall_clock.boundary(monday, 0, zone), wall_clock.boundary(monday + 7 * _DAY, 0, zone)


def _windows(ranges: tuple[OpenRange, ...], day: date, zone: ZoneInfo) -> tuple[Window, ...]:
    return tuple(
        Window(r, wall_clock.boundary(day, r.opens, zone), wall_clock.boundary(day, r.closes, zone))
        for r in ranges
    )
