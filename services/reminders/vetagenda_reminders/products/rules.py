"""When a product's reminders are due: dates from an anchor (REM-6). Pure."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a catalogue holds: both bring reminders in the same way."""

    PRODUCT = "product"
    ACT = "act"


class Unit(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Anchor(StrEnum):
    """What the offset counts from; `birth` counts only when the birth date is known."""

    ADMINISTRATION = "administration"
    BIRTH = "birth"


@dataclass(frozen=True, slots=True)
class Span:
    """So many days, months or years."""

    count: int
    unit: Unit

    @property
    def months(self) -> int:
        return {Unit.DAY: 0, Unit.MONTH: 1, Unit.YEAR: 12}[self.unit] * self.count

    @property
    def days(self) -> int:
        return self.count if self.unit is Unit.DAY else 0


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`count` is the total number of sends, the first included."""

    every: Span
    count: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """A rule: due `offset` after the anchor, sent `days_before` earlier, repeated or not."""

    offset: Span
    anchor: Anchor = Anchor.ADMINISTRATION
    days_before: int = 0
    recurrence: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One reminder: due on `due_on`, sent on `send_on`. Number 0 is the first administration itself."""

    number: int
    due_on: date
    send_on: date


def add_months(anchor: date, months: int) -> date:
    """The same day so many months later, or that month's last: 31 Jan + 1 -> 28 Feb, + 2 -> 31 Mar."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor.day, last_day))


def occurrences(
    schedule: Schedule, given_on: date, born_on: date | None = None, *, also_first: bool = False
) -> list[Occurrence]:
    """All reminders of one administration, in order of number.

    `also_first` adds number 0 for the administration itself, outside the count and sent on that very day:
    `days_before` is for what is still to be given. A rule that counts from birth gives nothing but that
    when the birth date is unknown. `send_on` is never moved for a weekend or holiday, and may lie in the
    past: that is for the ledger to judge.
    """
    first = [Occurrence(0, given_on, given_on)] if also_first else []
    anchor = given_on if schedule.anchor is Anchor.ADMINISTRATION else born_on
    dates = enumerate(_due_dates(schedule, anchor), start=1) if anchor else ()
    lead = timedelta(days=schedule.days_before)
    return first + [Occurrence(number, due_on, due_on - lead) for number, due_on in dates]


def _due_dates(schedule: Schedule, anchor: date) -> Iterator[date]:
    first = _after(anchor, schedule.offset)
    yield first
    recurrence = schedule.recurrence
    for step in range(1, recurrence.count if recurrence else 1):
        assert recurrence is not None
        yield _repeated(schedule.offset, recurrence.every, anchor, first, step)


def _repeated(offset: Span, every: Span, anchor: date, first: date, step: int) -> date:
    """Months are counted from the anchor, so that a short month shortens no later one. After an offset
    in days they are counted from the first due date, which is then the day that people know."""
    if offset.months and every.months:
        return add_months(anchor, offset.months + step * every.months)
    return _after(first, Span(every.count * step, every.unit))


def _after(anchor: date, span: Span) -> date:
    return add_months(anchor, span.months) + timedelta(days=span.days)
