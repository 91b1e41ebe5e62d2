"""SYNC-9 and 4.5 of the design, as tables: when exactly a whole day or a series makes the agenda busy."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from vetagenda_calendar_sync.blocks.rules import (
    Block,
    Choice,
    batches,
    block_id,
    is_to_come,
    is_wanted,
    of_one,
    of_series,
    without,
)
from vetagenda_calendar_sync.engine.state import Mode, Occurrence, Rules, Seen
from vetagenda_calendar_sync.google.events import occurrence_of, seen_of
from vetagenda_calendar_sync.mapping.fields import Days, Period
from vetagenda_calendar_sync.mapping.zone import Zone

KEY = UUID(int=7)
NOW = datetime(2026, 3, 20, 8, tzinfo=UTC)


def choice(zone: str = "Europe/Paris", mode: Mode = "two_way", **more: Any) -> Choice:
    return Choice(Rules(KEY, mode=mode), ZoneInfo(zone), NOW, NOW - timedelta(days=7), **more)


def day(first: str, after: str, **more: Any) -> Seen:
    return Seen(
        "e1", "1", summary="CONGÉ", days=Days(date.fromisoformat(first), date.fromisoformat(after)), **more
    )


@pytest.mark.parametrize(
    ("zone", "first", "after", "start", "hours"),
    [
        ("Europe/Paris", "2026-04-01", "2026-04-02", "2026-03-31T22:00", 24),
        ("Europe/Paris", "2026-03-29", "2026-03-30", "2026-03-28T23:00", 23),
        ("Europe/Paris", "2026-10-25", "2026-10-26", "2026-10-24T22:00", 25),
        ("Europe/Paris", "2026-03-28", "2026-04-04", "2026-03-27T23:00", 7 * 24 - 1),
        ("Europe/London", "2026-04-01", "2026-04-02", "2026-03-31T23:00", 24),
        ("America/Martinique", "2026-04-01", "2026-04-02", "2026-04-01T04:00", 24),
        ("Africa/Cairo", "2026-04-24", "2026-04-25", "2026-04-23T22:00", 23),  # midnight is skipped
        ("Pacific/Auckland", "2026-04-05", "2026-04-06", "2026-04-04T11:00", 25),
    ],
)
def test_a_whole_day_lasts_from_midnight_to_midnight_where_the_practice_is(
    zone: str, first: str, after: str, start: str, hours: int
) -> None:
    (block,) = of_one(day(first, after), choice(zone))
    assert block.period.start == datetime.fromisoformat(f"{start}+00:00")
    assert block.period.end - block.period.start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "end", "first", "after"),
    [
        ({"date": "2026-04-01"}, {"date": "2026-04-02"}, "2026-04-01", "2026-04-02"),
        ({"date": "2026-04-01"}, {"date": "2026-04-04"}, "2026-04-01", "2026-04-04"),
        ({"date": "2026-04-01"}, {"date": "2026-04-01"}, "2026-04-01", "2026-04-02"),
        ({"date": "2026-04-01"}, {}, "2026-04-01", "2026-04-02"),
    ],
)
def test_the_end_of_a_whole_day_is_exclusive(
    start: dict[str, str], end: dict[str, str], first: str, after: str
) -> None:
    """A day too many or too few is what other engines got wrong (calendarplus#113)."""
    seen = seen_of({"id": "e1", "etag": "1", "start": start, "end": end}, Zone("America/New_York"))
    assert seen.days == Days(date.fromisoformat(first), date.fromisoformat(after))
    assert seen.is_block


@pytest.mark.parametrize(
    ("more", "free", "mode", "count"),
    [
        ({}, False, "two_way", 1),
        ({}, True, "two_way", 1),
        ({"is_transparent": True}, False, "two_way", 1),
        ({"is_transparent": True}, True, "two_way", 0),
    ],
)
def test_day_notes_are_free_only_if_the_link_says_so(
    more: dict[str, Any], free: bool, mode: Mode, count: int
) -> None:
    found = of_one(day("2026-04-01", "2026-04-02", **more), choice(mode=mode, transparent_free=free))
    assert len(found) == count


@pytest.mark.parametrize(
    ("first", "after", "count"),
    [
        ("2026-03-12", "2026-03-13", 0),  # over before the window
        ("2026-03-12", "2026-03-14", 1),  # reaches into it
        ("2029-01-01", "2029-01-02", 1),  # far away, but one block only
    ],
)
def test_what_was_over_before_the_window_is_not_laid(first: str, after: str, count: int) -> None:
    assert len(of_one(day(first, after), choice())) == count


def times(key: str, hour: int = 10) -> Occurrence:
    start = datetime(2026, 4, 1, hour, tzinfo=UTC)
    return Occurrence(key, "GARDE", Period(start, start + timedelta(hours=1)))


def test_an_occurrence_keeps_its_id_wherever_it_is_moved_and_however_its_key_is_written() -> None:
    """Keyed by the original start: moved ones follow, and Paris or UTC makes no second one."""
    paris, utc, moved = (
        of_series("e1", [one], choice())[0]
        for one in (
            times("2026-04-01T12:00:00+02:00"),
            times("2026-04-01T10:00:00Z"),
            times("2026-04-01T10:00:00Z", hour=15),
        )
    )
    assert paris == utc
    assert moved.id == paris.id
    assert moved.period != paris.period
    assert (
        len(of_series("e1", [times("2026-04-01T12:00:00+02:00"), times("2026-04-01T10:00:00Z")], choice()))
        == 1
    )
    ids = {
        block_id(KEY, "e1"),
        block_id(KEY, "e2"),
        block_id(KEY, "e1", "2026-04-01"),
        block_id(UUID(int=8), "e1"),
    }
    assert len(ids) == 4


def test_google_says_which_time_of_a_series_it_is_and_whether_it_is_private() -> None:
    item = {
        "id": "e1_20260401",
        "summary": "Dermatologue",
        "visibility": "private",
        "transparency": "transparent",
        "originalStartTime": {"date": "2026-04-01"},
        "start": {"date": "2026-04-02"},
        "end": {"date": "2026-04-03"},
    }
    one = occurrence_of(item, Zone("Europe/Paris"))
    assert (one.key, one.is_private, one.is_transparent) == ("2026-04-01", True, True)
    (block,) = of_series("e1", [one], choice())
    assert (block.reason, block.id) == ("", block_id(KEY, "e1", "2026-04-01"))


@pytest.mark.parametrize(
    ("start", "to_come"),
    [("2026-04-01T10:00Z", False), ("2027-03-20T07:59Z", False), ("2027-03-20T08:00Z", True)],
)
def test_a_series_that_begins_beyond_the_window_is_waited_for(start: str, to_come: bool) -> None:
    begins = datetime.fromisoformat(start)
    seen = Seen("e1", "1", period=Period(begins, begins + timedelta(hours=1)), is_series=True)
    assert is_to_come(seen, choice()) is to_come
    assert not is_to_come(seen, choice(mode="agenda_to_remote"))


def test_an_appointments_own_time_is_not_laid_twice() -> None:
    blocks = of_series("e1", [times("a"), times("b", hour=15)], choice())
    assert without(blocks, times("a").period) == blocks[1:]
    assert without(blocks, None) == blocks


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [([], []), ([3, 3, 3], [2, 1]), ([9], [1]), ([0, 6, 1], [2, 1]), ([9, 1, 1], [1, 2])],
)
def test_many_events_go_in_few_orders_and_none_is_split(sizes: list[int], expected: list[int]) -> None:
    block = Block(UUID(int=1), Period(NOW, NOW + timedelta(hours=1)), "")
    orders = batches({UUID(int=n): [block] * size for n, size in enumerate(sizes)}, most=6)
    assert [len(order) for order in orders] == expected


@pytest.mark.parametrize(
    ("event_type", "is_block", "count"),
    [
        ("default", False, 0),
        ("outOfOffice", True, 1),
        ("focusTime", True, 1),
        ("fromGmail", True, 1),
        ("workingLocation", True, 0),
        ("birthday", True, 0),
    ],
)
def test_what_google_enters_by_itself_is_no_visit(event_type: str, is_block: bool, count: int) -> None:
    """A birthday or the place where somebody works would otherwise close the agenda for the day."""
    times = {"start": {"dateTime": "2026-04-01T10:00:00Z"}, "end": {"dateTime": "2026-04-01T11:00:00Z"}}
    seen = seen_of({"id": "e1", "etag": "1", "eventType": event_type, **times}, Zone("Europe/Paris"))
    assert seen.is_block is is_block
    if is_block:
        assert len(of_one(seen, choice()) if is_wanted(seen, choice()) else []) == count
