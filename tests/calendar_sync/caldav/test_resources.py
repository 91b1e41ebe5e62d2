"""Reading iCalendar (4.5, I10): zones, the days of a clock change, floating times, durations, whole days."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from vetagenda_calendar_sync.caldav.resources import seen_of
from vetagenda_calendar_sync.engine.state import Seen, Stamp
from vetagenda_calendar_sync.mapping.fields import Days, Period
from vetagenda_calendar_sync.mapping.zone import Zone

PARIS = Zone("Europe/Paris")
ODD_ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
END:STANDARD
END:VTIMEZONE
"""


def resource(*lines: str, before: str = "") -> str:
    body = "\n".join(["BEGIN:VEVENT", "UID:a", *lines, "END:VEVENT"])
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y\n{before}{body}\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n")


def read(*lines: str, before: str = "") -> Seen:
    seen = seen_of("a", '"1"', resource(*lines, before=before), PARIS)
    assert seen is not None
    return seen


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "instant"),
    [
        ("DTSTART:20261126T140000Z", "2026-11-26T14:00"),
        ("DTSTART;TZID=Europe/Paris:20261126T150000", "2026-11-26T14:00"),
        ("DTSTART;TZID=America/New_York:20261126T090000", "2026-11-26T14:00"),
        ("DTSTART;TZID=W. Europe Standard Time:20261126T150000", "2026-11-26T14:00"),
        ('DTSTART;TZID="Romance Standard Time":20260726T150000', "2026-07-26T13:00"),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Paris:20261126T150000", "2026-11-26T14:00"),
        ("DTSTART;TZID=/x.org/20250101/America/Argentina/Ushuaia:20261126T110000", "2026-11-26T14:00"),
        ("DTSTART:20261126T150000", "2026-11-26T14:00"),  # floating: the link's zone
        ("DTSTART;TZID=Nowhere/Else:20261126T150000", "2026-11-26T14:00"),  # neither known nor defined
        ("DTSTART;TZID=Europe/Paris:20261126T140000Z", "2026-11-26T14:00"),  # invalid, and clear all the same
        ("DTSTART;TZID=Europe/Paris:20260329T023000", "2026-03-29T01:30"),  # in the gap: forward, 03:30
        ("DTSTART;TZID=Europe/Paris:20261025T023000", "2026-10-25T00:30"),  # twice: the first one
        ("DTSTART;TZID=Europe/Paris:20260329T030000", "2026-03-29T01:00"),
        ("DTSTART;TZID=Europe/Paris:20261025T030000", "2026-10-25T02:00"),
    ],
)
def test_a_start_is_an_instant(start: str, instant: str) -> None:
    """4.5, R-SHIFT; floating times: yuvomi 938, easyappointments 1626."""
    period = read(start).period
    assert period is not None
    assert period.start == utc(instant)


def test_a_wrong_definition_of_a_known_zone_does_not_count() -> None:
    """bitfireAT/synctools 113, khal 755."""
    seen = read("DTSTART;TZID=Europe/Paris:20261126T150000", before=ODD_ZONE.format(name="Europe/Paris"))
    assert seen.period is not None
    assert seen.period.start == utc("2026-11-26T14:00")


def test_a_zone_that_only_the_resource_knows_is_taken_from_it_and_from_no_other() -> None:
    start = "DTSTART;TZID=Practice:20261126T150000"
    known = read(start, before=ODD_ZONE.format(name="Practice"))
    assert known.period is not None
    assert known.period.start == utc("2026-11-26T12:00")
    unknown = read(start)
    assert unknown.period is not None
    assert unknown.period.start == utc("2026-11-26T14:00")


@pytest.mark.parametrize(
    ("lines", "minutes"),
    [
        (["DTSTART:20261126T140000Z", "DTEND:20261126T144500Z"], 45),
        (["DTSTART:20261126T140000Z", "DURATION:PT1H30M"], 90),
        (["DTSTART:20261126T140000Z"], 30),
        (["DTSTART:20261126T140000Z", "DTEND:20261126T140000Z"], 30),
        (["DTSTART:20261126T140000Z", "DTEND:20261126T130000Z"], 30),
        (["DTSTART:20261126T140000Z", "DURATION:PT0S"], 30),
        (["DTSTART:20261126T140000Z", "DTEND;VALUE=DATE:20261127"], 30),
        (["DTSTART;TZID=Europe/Paris:20261126T150000", "DTEND;TZID=America/New_York:20261126T100000"], 60),
        (["DTSTART;TZID=Europe/Paris:20261024T150000", "DURATION:P1D"], 25 * 60),  # a day of 25 hours
    ],
)
def test_how_long_it_lasts(lines: list[str], minutes: int) -> None:
    period = read(*lines).period
    assert period is not None
    assert period.end - period.start == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("lines", "first", "after"),
    [
        (["DTSTART;VALUE=DATE:20261130", "DTEND;VALUE=DATE:20261205"], 30, date(2026, 12, 5)),
        (["DTSTART;VALUE=DATE:20261130"], 30, date(2026, 12, 1)),
        (["DTSTART;VALUE=DATE:20261130", "DTEND;VALUE=DATE:20261130"], 30, date(2026, 12, 1)),
        (["DTSTART;VALUE=DATE:20261130", "DURATION:P2D"], 30, date(2026, 12, 2)),
    ],
)
def test_whole_days_stay_days(lines: list[str], first: int, after: date) -> None:
    """davdroid 503, calendarplus 113."""
    seen = read(*lines, "TRANSP:TRANSPARENT")
    assert seen.period is None
    assert seen.days == Days(date(2026, 11, first), after)
    assert seen.is_transparent


def test_texts_are_unfolded_and_unescaped() -> None:
    """CRLF, folds within a word and within a character of several octets, escaped signs, capitals."""
    text = resource(
        "DTSTART:20261126T140000Z", "SUMMARY:Ra", " ge\\, très\\; l", " \tong", "description:a\\nb\\Nc"
    )
    seen = seen_of("a", '"1"', text, PARIS)
    assert seen is not None
    assert (seen.summary, seen.description) == ("Rage, très; l\tong", "a\nb\nc")


def test_our_mark_is_read() -> None:
    mark = ["X-VETAGENDA-LINK:k", "X-VETAGENDA-APPOINTMENT:b", "X-VETAGENDA-REVISION:3"]
    assert read("DTSTART:20261126T140000Z", *mark).stamp == Stamp("k", "b", 3)
    assert read("DTSTART:20261126T140000Z", *mark[:2], "X-VETAGENDA-REVISION:x").stamp is None


@pytest.mark.parametrize(
    "line", ["RRULE:FREQ=WEEKLY", "RDATE:20261203T140000Z", "RECURRENCE-ID:20261126T140000Z"]
)
def test_what_repeats_is_a_series(line: str) -> None:
    assert read("DTSTART:20261126T140000Z", line).is_series


def test_a_cancelled_event_is_as_good_as_deleted() -> None:
    assert read("DTSTART:20261126T140000Z", "STATUS:CANCELLED").is_deleted


def test_a_property_that_stands_twice_counts_once() -> None:
    seen = read("DTSTART:20261126T140000Z", "SUMMARY:first", "SUMMARY:second", "DTEND:20261126T150000Z")
    assert seen.summary == "first"
    assert seen.period == Period(utc("2026-11-26T14:00"), utc("2026-11-26T15:00"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n",
        "BEGIN:VEVENT\r\nDTSTART:20261126T140000Z\r\nEND:VEVENT\r\n",
        resource("SUMMARY:without a start"),
        resource("DTSTART:yesterday"),
        resource("DTSTART:99991231T235959Z", "DURATION:P99999D"),
        resource("DTSTART:20261126T140000Z") * 2,
    ],
)
def test_what_cannot_be_read_is_there_and_says_so(text: str) -> None:
    """4.6: a parse error is never a deletion, and nothing of it counts."""
    seen = seen_of("a", '"1"', text, PARIS)
    assert seen is not None
    assert replace(seen, salvaged=None) == Seen("a", '"1"', is_unreadable=True)


def test_tasks_are_not_ours() -> None:
    todo = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nUID:a\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    assert seen_of("a", '"1"', todo, PARIS) is None


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland", "UTC"])
def test_the_zone_of_the_process_does_not_count(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """I10."""
    lines = ["DTSTART:20261126T150000", "DURATION:PT1H"]
    before = read(*lines)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert read(*lines) == before
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("start", "wall", "zone"),
    [
        ("DTSTART:20261126T140000Z", "2026-11-26T14:00", "UTC"),
        ("DTSTART;TZID=Europe/Paris:20261126T150000", "2026-11-26T15:00", "Europe/Paris"),
        ("DTSTART;TZID=Romance Standard Time:20261126T150000", "2026-11-26T15:00", "Europe/Paris"),
        ("DTSTART;TZID=Nowhere/Else:20261126T150000", "2026-11-26T15:00", "Nowhere/Else"),
        ("DTSTART:20261126T150000", "2026-11-26T15:00", ""),
        ("DTSTART;VALUE=DATE:20261126", "", ""),
    ],
)
def test_what_is_written_on_the_clock_is_kept(start: str, wall: str, zone: str) -> None:
    """R-SHIFT (a): the same text in another zone shows a device with wrong settings."""
    seen = read(start)
    assert (seen.wall, seen.zone) == (wall, zone)


@pytest.mark.parametrize(
    ("line", "kept"), [("CLASS:PUBLIC", False), ("CLASS:PRIVATE", True), ("X-A:1", False)]
)
def test_what_is_private_is_said_to_be(line: str, kept: bool) -> None:
    """SYNC-9: nobody else reads what it is."""
    assert read("DTSTART:20261126T150000", line).is_private is kept
