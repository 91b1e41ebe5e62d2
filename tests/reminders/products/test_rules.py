"""REM-6: the dates of product reminders, as tables of cases."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_reminders.products.rules import (
    Anchor,
    Occurrence,
    Recurrence,
    Schedule,
    Span,
    Unit,
    add_months,
    occurrences,
)

MONTH = Span(1, Unit.MONTH)
QUARTER = Span(3, Unit.MONTH)
YEAR = Span(1, Unit.YEAR)


def due(schedule: Schedule, given_on: str, born_on: str | None = None) -> list[str]:
    born = date.fromisoformat(born_on) if born_on else None
    return [str(one.due_on) for one in occurrences(schedule, date.fromisoformat(given_on), born)]


def sends(schedule: Schedule, given_on: str) -> list[str]:
    return [str(one.send_on) for one in occurrences(schedule, date.fromisoformat(given_on))]


MILBEMAX = Schedule(QUARTER, days_before=3, recurrence=Recurrence(QUARTER, 4))


def test_milbemax_is_sent_three_days_before_each_quarter_four_times() -> None:
    assert sends(MILBEMAX, "2023-01-04") == ["2023-04-01", "2023-07-01", "2023-10-01", "2024-01-01"]
    assert due(MILBEMAX, "2023-01-04") == ["2023-04-04", "2023-07-04", "2023-10-04", "2024-01-04"]


def test_monthly_ten_times_is_due_from_february_to_november() -> None:
    schedule = Schedule(MONTH, recurrence=Recurrence(MONTH, 10))
    assert due(schedule, "2023-01-04") == [f"2023-{month:02}-04" for month in range(2, 12)]


def test_the_first_administration_may_be_sent_too_and_is_outside_the_count() -> None:
    listed = occurrences(MILBEMAX, date(2023, 1, 4), also_first=True)
    assert listed[0] == Occurrence(0, date(2023, 1, 4), date(2023, 1, 4))
    assert [one.number for one in listed] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("schedule", "given_on", "expected"),
    [
        (
            Schedule(MONTH, recurrence=Recurrence(MONTH, 3)),
            "2023-01-31",
            ["2023-02-28", "2023-03-31", "2023-04-30"],
        ),
        (
            Schedule(QUARTER, recurrence=Recurrence(QUARTER, 2)),
            "2023-11-30",
            ["2024-02-29", "2024-05-30"],
        ),
        (Schedule(QUARTER, recurrence=Recurrence(QUARTER, 2)), "2022-11-30", ["2023-02-28", "2023-05-30"]),
        (
            Schedule(MONTH, recurrence=Recurrence(MONTH, 3)),
            "2024-01-31",
            ["2024-02-29", "2024-03-31", "2024-04-30"],
        ),
        (
            Schedule(YEAR, recurrence=Recurrence(YEAR, 4)),
            "2020-02-29",
            ["2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29"],
        ),
        (
            Schedule(Span(1, Unit.YEAR), recurrence=Recurrence(MONTH, 2)),
            "2023-12-31",
            ["2024-12-31", "2025-01-31"],
        ),
        (
            Schedule(Span(10, Unit.DAY), recurrence=Recurrence(MONTH, 3)),
            "2023-01-21",
            ["2023-01-31", "2023-02-28", "2023-03-31"],
        ),
        (
            Schedule(MONTH, recurrence=Recurrence(Span(10, Unit.DAY), 3)),
            "2023-01-31",
            ["2023-02-28", "2023-03-10", "2023-03-20"],
        ),
        (Schedule(Span(3, Unit.DAY)), "2024-02-27", ["2024-03-01"]),
        (Schedule(Span(0, Unit.DAY)), "2024-02-27", ["2024-02-27"]),
    ],
)
def test_months_are_computed_from_the_anchor(schedule: Schedule, given_on: str, expected: list[str]) -> None:
    assert due(schedule, given_on) == expected


def test_a_rule_from_birth_counts_only_when_the_birth_is_known() -> None:
    schedule = Schedule(YEAR, anchor=Anchor.BIRTH, recurrence=Recurrence(YEAR, 2))
    assert due(schedule, "2023-01-04", "2022-06-15") == ["2023-06-15", "2024-06-15"]
    assert due(schedule, "2023-01-04") == []


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [
        ("2022-08-31", ["2022-11-30", "2023-02-28", "2023-05-31"]),
        ("2022-11-30", ["2023-02-28", "2023-05-30", "2023-08-30"]),
        ("2023-11-30", ["2024-02-29", "2024-05-30", "2024-08-30"]),
        ("2020-02-29", ["2020-05-29", "2020-08-29", "2020-11-29"]),
    ],
)
def test_months_are_counted_from_birth_in_the_same_way(born_on: str, expected: list[str]) -> None:
    """REM-6."""
    schedule = Schedule(QUARTER, anchor=Anchor.BIRTH, recurrence=Recurrence(QUARTER, 3))
    assert due(schedule, "2023-01-04", born_on) == expected


def test_a_leap_day_comes_back_every_fourth_year() -> None:
    """REM-6: counted from birth, whenever it was given."""
    schedule = Schedule(YEAR, anchor=Anchor.BIRTH, recurrence=Recurrence(YEAR, 4))
    expected = ["2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29"]
    assert due(schedule, "2023-01-04", "2020-02-29") == expected


def test_send_on_is_not_moved_for_a_weekend() -> None:
    saturday = Schedule(Span(1, Unit.DAY))
    assert sends(saturday, "2026-11-20") == ["2026-11-21"]


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(0, 600))
def test_adding_months_keeps_the_day_or_takes_the_months_last(anchor: date, months: int) -> None:
    later = add_months(anchor, months)
    assert (later.year - anchor.year) * 12 + later.month - anchor.month == months
    assert later.day == anchor.day or (later.day < anchor.day and add_months(later, 0) == later)
    assert later.day == anchor.day or date.fromordinal(later.toordinal() + 1).day == 1
