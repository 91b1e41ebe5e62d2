"""Slices, gaps, and the first fit in them (AGD-7)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_agenda.waitlist import rules
from vetagenda_agenda.waitlist.rules import Wish
from vetagenda_kit.problems import InvalidRequest

DAY = datetime(2031, 3, 4, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)


def at(clock: str) -> datetime:
    hours, minutes = clock.split(":")
    return DAY + timedelta(hours=int(hours), minutes=int(minutes))


def epoch(clock: str) -> int:
    return int(at(clock).timestamp())


@pytest.mark.parametrize(
    ("start", "end", "slice_end"), [("10:00", None, "12:00"), ("10:00", "10:30", "10:30")]
)
def test_the_configured_length_sets_the_end(start: str, end: str | None, slice_end: str) -> None:
    given_end = at(end) if end else None
    assert rules.slice_of(at(start), given_end, TWO_HOURS) == (at(start), at(slice_end))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("14:00", None, ("14:00", "15:00")),
        ("08:30", None, ("08:30", "09:30")),
        (None, "11:30", ("10:00", "11:30")),
        ("09:00", "12:00", ("09:00", "12:00")),
        (None, None, ("10:00", "11:00")),
    ],
)
def test_moving_the_start_moves_the_end_by_the_same_length(
    start: str | None, end: str | None, expected: tuple[str, str]
) -> None:
    current = (at("10:00"), at("11:00"))
    moved = rules.moved(current, at(start) if start else None, at(end) if end else None)
    assert moved == (at(expected[0]), at(expected[1]))


@pytest.mark.parametrize("end", ["10:00", "09:00", "34:01"])
def test_a_slice_has_a_length_of_at_most_a_day(end: str) -> None:
    with pytest.raises(InvalidRequest):
        rules.slice_of(at("10:00"), at(end), TWO_HOURS)


@pytest.mark.parametrize(
    ("busy", "free"),
    [
        ([], [("09:00", "12:00")]),
        ([("08:00", "09:30")], [("09:30", "12:00")]),
        ([("10:00", "10:30"), ("10:15", "11:00")], [("09:00", "10:00"), ("11:00", "12:00")]),
        ([("11:00", "13:00")], [("09:00", "11:00")]),
        ([("08:00", "13:00")], []),
        ([("12:00", "13:00"), ("08:00", "09:00")], [("09:00", "12:00")]),
    ],
)
def test_gaps(busy: list[tuple[str, str]], free: list[tuple[str, str]]) -> None:
    taken = [([epoch(start)], [epoch(end)]) for start, end in busy]
    expected = [(at(start), at(end)) for start, end in free]
    assert rules.gaps((at("09:00"), at("12:00")), taken) == expected


@pytest.mark.parametrize(
    ("gap", "available", "now", "start"),
    [
        (("10:00", "10:30"), ("09:00", "12:00"), "08:00", "10:05"),  # after the buffer before
        (("10:00", "10:25"), ("09:00", "12:00"), "08:00", None),  # the buffer after does not fit
        (("10:00", "12:00"), ("10:30", "12:00"), "08:00", "10:30"),
        (("10:00", "12:00"), ("09:00", "10:20"), "08:00", None),
        (("10:00", "12:00"), ("09:00", "12:00"), "10:32", "10:35"),  # nobody comes at 10:32
        (("10:00", "12:00"), ("09:00", "12:00"), "12:00", None),
    ],
)
def test_the_first_fit(gap: tuple[str, str], available: tuple[str, str], now: str, start: str | None) -> None:
    wish = Wish(
        timedelta(minutes=20),
        timedelta(minutes=5),
        timedelta(minutes=5),
        (at(available[0]), at(available[1])),
    )
    found = rules.first_fit([(at(gap[0]), at(gap[1]))], wish, at(now))
    assert found == ((at(start), at(start) + timedelta(minutes=20)) if start else None)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=8),
    st.integers(0, 200),
    st.integers(1, 200),
)
def test_gaps_and_what_is_taken_make_up_the_window(
    busy: list[tuple[int, int]], first: int, length: int
) -> None:
    base = epoch("00:00")
    window = (DAY + timedelta(minutes=first), DAY + timedelta(minutes=first + length))
    taken = [([base + start * 60], [base + (start + size) * 60]) for start, size in busy]
    free = rules.gaps(window, taken)
    for minute in range(first, first + length):
        instant = DAY + timedelta(minutes=minute)
        is_free = any(start <= instant < end for start, end in free)
        assert is_free == (not any(start <= minute < start + size for start, size in busy))


@pytest.mark.parametrize(
    ("made_at", "minutes", "start", "until"),
    [
        ("2031-03-04T09:00", 30, "2031-03-04T12:00", "2031-03-04T09:30"),
        ("2031-03-04T11:50", 30, "2031-03-04T12:00", "2031-03-04T12:00"),  # the start ends it
        ("2031-03-04T23:00", 30, "2031-03-05T10:00", "2031-03-05T08:30"),  # nobody decides at night
        ("2031-03-04T05:00", 30, "2031-03-04T10:00", "2031-03-04T08:30"),
        ("2031-03-04T19:45", 30, "2031-03-05T10:00", "2031-03-05T08:15"),
        ("2031-03-04T23:00", 30, "2031-03-05T08:10", "2031-03-05T08:10"),
        ("2031-03-04T09:00", 1440, "2031-03-20T10:00", "2031-03-06T09:00"),  # two days of twelve hours
        ("2031-03-29T23:00", 30, "2031-03-30T10:00", "2031-03-30T08:30"),  # over the change of clocks
    ],
)
def test_until_when_an_offer_stands(made_at: str, minutes: int, start: str, until: str) -> None:
    paris = ZoneInfo("Europe/Paris")
    made, begins, expected = (
        datetime.fromisoformat(each).replace(tzinfo=paris) for each in (made_at, start, until)
    )
    assert rules.decided_by(made, timedelta(minutes=minutes), begins, paris) == expected


@pytest.mark.parametrize(
    ("start", "end", "now", "minutes", "said"),
    [
        ("10:00", "10:20", "08:00", 20, ""),
        ("10:00", "10:20", "10:00", 20, ""),
        ("09:58", "10:20", "08:00", 20, ""),
        ("10:00", "10:19", "08:00", 20, "a visit of 20 minutes does not fit"),
        ("10:01", "10:22", "08:00", 20, "from 2031-03-04T10:05Z to 2031-03-04T10:22Z"),
        ("10:00", "12:00", "11:41", 20, "from 2031-03-04T11:45Z"),
        ("10:00", "12:00", "11:40", 20, ""),
        ("10:00", "12:00", "12:00", 20, "the slice is over"),
        ("10:00", "12:00", "23:00", 20, "the slice is over"),
    ],
)
def test_a_slice_that_no_visit_fits_into_any_more_is_refused(
    start: str, end: str, now: str, minutes: int, said: str
) -> None:
    available = at(start), at(end)
    try:
        rules.check_to_come(available, at(now), "/available_to")
        rules.check_length(available, at(now), timedelta(minutes=minutes), "/available_to")
    except InvalidRequest as refused:
        (error,) = refused.members["errors"]
        assert said
        assert said in error["detail"]
        assert error["pointer"] == "/available_to"
    else:
        assert not said
