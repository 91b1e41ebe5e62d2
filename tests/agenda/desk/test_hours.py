"""DESK-7: when calls can be agreed, by the practice's wall clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from vetagenda_agenda.desk.callbacks.hours import WEEKDAYS, Week, lies_within, starts

PARIS = ZoneInfo("Europe/Paris")
NIGHT: Week = {day: [(time(1, 30), time(3, 30))] for day in WEEKDAYS}
AFTERNOON: Week = {**dict.fromkeys(WEEKDAYS, ()), "tuesday": [(time(14), time(15)), (time(17), time(17, 50))]}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def found(week: Week, begin: str, end: str, minutes: int) -> list[str]:
    length = timedelta(minutes=minutes)
    return [f"{each.astimezone(PARIS):%d %H:%M}" for each in starts(at(begin), at(end), length, week, PARIS)]


@pytest.mark.parametrize(
    ("begin", "end", "minutes", "shown"),
    [
        (
            "2031-03-04 08:00",
            "2031-03-05 08:00",
            20,
            ["04 14:00", "04 14:20", "04 14:40", "04 17:00", "04 17:20"],
        ),
        ("2031-03-04 08:00", "2031-03-05 08:00", 60, ["04 14:00"]),
        ("2031-03-04 14:01", "2031-03-04 17:20", 20, ["04 14:20", "04 14:40", "04 17:00"]),
        ("2031-03-05 08:00", "2031-03-11 08:00", 20, []),
        ("2031-03-05 08:00", "2031-03-11 14:21", 20, ["11 14:00", "11 14:20"]),
    ],
)
def test_starts_are_counted_from_each_range(begin: str, end: str, minutes: int, shown: list[str]) -> None:
    assert found(AFTERNOON, begin, end, minutes) == shown


def test_what_a_clock_change_takes_or_gives_is_counted_as_it_passes() -> None:
    """On 30 March 2031 the hour from 2 to 3 is missing, on 26 October it comes twice."""
    assert found(NIGHT, "2031-03-30 00:00", "2031-03-30 23:00", 30) == ["30 01:30", "30 03:00"]
    assert len(found(NIGHT, "2031-10-26 00:00", "2031-10-26 23:00", 30)) == 6


@pytest.mark.parametrize(
    ("begin", "end", "within"),
    [
        ("2031-03-04 14:00", "2031-03-04 15:00", True),
        ("2031-03-04 14:10", "2031-03-04 14:20", True),
        ("2031-03-04 13:59", "2031-03-04 14:10", False),
        ("2031-03-04 14:50", "2031-03-04 15:01", False),
        ("2031-03-04 14:50", "2031-03-04 17:10", False),
        ("2031-03-05 14:00", "2031-03-05 14:10", False),
    ],
)
def test_a_call_lies_in_one_range(begin: str, end: str, within: bool) -> None:
    assert lies_within((at(begin), at(end)), AFTERNOON, PARIS) is within
