"""BOOK-8: an owner cancels online only while the start is more than the limit of elapsed time away."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from vetagenda_booking.owner_changes.rules import may_change, seen_at_once

START = datetime(2026, 3, 29, 10, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)  # the day of the gap
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("ahead", "allowed"),
    [
        (timedelta(hours=24), False),
        (timedelta(hours=24, seconds=1), True),
        (timedelta(hours=24, microseconds=1), True),
        (timedelta(hours=23, minutes=59), False),
        (timedelta(days=30), True),
        (timedelta(seconds=-1), False),
    ],
)
def test_exactly_24_hours_is_refused(ahead: timedelta, allowed: bool) -> None:
    assert may_change(START - ahead, START, DAY) is allowed


def test_hours_are_elapsed_over_a_clock_change() -> None:
    the_day_before = datetime(2026, 3, 28, 9, 30, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
    assert START - the_day_before == timedelta(hours=23, minutes=30)
    assert not may_change(the_day_before, START, DAY)


def test_a_limit_of_nothing_still_wants_the_start_ahead() -> None:
    assert not may_change(START, START, timedelta(0))
    assert may_change(START - timedelta(seconds=1), START, timedelta(0))


@pytest.mark.parametrize(
    ("animals", "calendars", "requirements", "at_once"),
    [
        (1, 1, 1, 1),
        (1, 2, 2, 1),
        (2, 1, 1, 1),  # one after the other
        (2, 2, 1, 2),
        (2, 2, 2, 1),
        (2, 4, 2, 2),
        (3, 2, 1, 1),  # staff have made something else of it
        (0, 2, 1, 2),  # booked for a number of animals that nobody named
        (0, 1, 0, 1),
        (2, 2, 0, 2),
    ],
)
def test_how_many_are_seen_at_once(animals: int, calendars: int, requirements: int, at_once: int) -> None:
    assert seen_at_once(animals, calendars, requirements) == at_once
