"""BOOK-10, R7: both clock changes in four zones, as tables."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from booking.slots.questions import every_day, question, utc

from vetagenda_booking.slots import wall_clock
from vetagenda_booking.slots.question import Offer, Refusal, Rules
from vetagenda_booking.slots.rules import judge, offered

PARIS, BERLIN, NEW_YORK, LORD_HOWE = (
    "Europe/Paris",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
)


def slots(zone: str, hours: str, day: date, step: int = 30) -> list[str]:
    """The offered starts of a day as `HH:MM+offset` by the practice's clock, at 30 minutes each."""
    place = ZoneInfo(zone)
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)
    rules = Rules(hours=every_day(hours), step_minutes=step)
    asked = question(now=now, zone=place, rules=rules)
    begin = datetime(day.year, day.month, day.day, tzinfo=place)
    found = offered(asked, begin, begin + timedelta(days=1))
    return [offer.start.astimezone(place).isoformat(timespec="minutes")[11:] for offer in found]


SPRING = [
    (PARIS, date(2026, 3, 29), ["01:00+01:00", "01:30+01:00", "03:00+02:00", "03:30+02:00"]),
    (BERLIN, date(2026, 3, 29), ["01:00+01:00", "01:30+01:00", "03:00+02:00", "03:30+02:00"]),
    (NEW_YORK, date(2026, 3, 8), ["01:00-05:00", "01:30-05:00", "03:00-04:00", "03:30-04:00"]),
    (
        LORD_HOWE,
        date(2026, 10, 4),
        ["01:00+10:30", "01:30+10:30", "02:30+11:00", "03:00+11:00", "03:30+11:00"],
    ),
]
AUTUMN = [
    (PARIS, date(2026, 10, 25), ["02:00+02:00", "02:30+02:00", "02:00+01:00", "02:30+01:00", "03:00+01:00"]),
    (BERLIN, date(2026, 10, 25), ["02:00+02:00", "02:30+02:00", "02:00+01:00", "02:30+01:00", "03:00+01:00"]),
    (NEW_YORK, date(2026, 11, 1), ["02:00-05:00", "02:30-05:00", "03:00-05:00"]),
    (LORD_HOWE, date(2026, 4, 5), ["02:00+10:30", "02:30+10:30", "03:00+10:30"]),
]


@pytest.mark.parametrize(("zone", "day", "expected"), SPRING)
def test_the_gap_offers_nothing(zone: str, day: date, expected: list[str]) -> None:
    assert slots(zone, "01:00-04:00", day) == expected


@pytest.mark.parametrize(("zone", "day", "expected"), AUTUMN)
def test_the_repeated_hour_is_offered_twice(zone: str, day: date, expected: list[str]) -> None:
    assert slots(zone, "02:00-03:30", day) == expected


def test_repeated_half_hours_elsewhere() -> None:
    expected = ["01:00-04:00", "01:30-04:00", "01:00-05:00", "01:30-05:00"]
    assert slots(NEW_YORK, "01:00-02:00", date(2026, 11, 1)) == expected
    assert slots(LORD_HOWE, "01:00-02:00", date(2026, 4, 5)) == ["01:00+11:00", "01:30+11:00", "01:30+10:30"]


@pytest.mark.parametrize(("zone", "day", "_"), SPRING + AUTUMN)
def test_afternoons_stay_where_they_are(zone: str, day: date, _: list[str]) -> None:
    """R7: 13:00 and later stay at their wall-clock times on the day of the change."""
    assert [slot[:5] for slot in slots(zone, "13:00-15:00", day)] == ["13:00", "13:30", "14:00", "14:30"]


@pytest.mark.parametrize(
    ("zone", "day", "hours", "expected"),
    [  # opening in the gap: open from its end, steps counted from the time that the clock never showed
        (PARIS, date(2026, 3, 29), "02:15-04:00", ["03:15+02:00"]),
        (BERLIN, date(2026, 3, 29), "02:00-04:00", ["03:00+02:00", "03:30+02:00"]),
        (NEW_YORK, date(2026, 3, 8), "02:15-04:00", ["03:15-04:00"]),
        (LORD_HOWE, date(2026, 10, 4), "02:15-04:00", ["02:45+11:00", "03:15+11:00"]),
        # closing in the gap: closed when it begins, which is the same instant as when it ends
        (PARIS, date(2026, 3, 29), "01:00-02:30", ["01:00+01:00", "01:30+01:00"]),
        (BERLIN, date(2026, 3, 29), "01:00-03:00", ["01:00+01:00", "01:30+01:00"]),
        (NEW_YORK, date(2026, 3, 8), "01:00-02:59", ["01:00-05:00", "01:30-05:00"]),
        (LORD_HOWE, date(2026, 10, 4), "01:00-02:15", ["01:00+10:30", "01:30+10:30"]),
        # hours that lie in the gap as a whole are none
        (PARIS, date(2026, 3, 29), "02:00-03:00", []),
        (NEW_YORK, date(2026, 3, 8), "02:10-02:50", []),
        (LORD_HOWE, date(2026, 10, 4), "02:00-02:30", []),
    ],
)
def test_hours_that_touch_the_gap(zone: str, day: date, hours: str, expected: list[str]) -> None:
    assert slots(zone, hours, day) == expected


@pytest.mark.parametrize(
    ("zone", "day", "hours", "expected"),
    [  # hours that end in the repeated hour end at its first reading; a start in it is offered at both
        (PARIS, date(2026, 10, 25), "01:30-02:30", ["01:30+02:00", "02:00+02:00"]),
        (PARIS, date(2026, 10, 25), "02:30-03:00", ["02:30+02:00", "02:30+01:00"]),
        (BERLIN, date(2026, 10, 25), "01:30-02:00", ["01:30+02:00"]),
        (NEW_YORK, date(2026, 11, 1), "00:30-01:30", ["00:30-04:00", "01:00-04:00"]),
        (NEW_YORK, date(2026, 11, 1), "01:30-02:00", ["01:30-04:00", "01:30-05:00"]),
        (LORD_HOWE, date(2026, 4, 5), "01:00-01:45", ["01:00+11:00"]),
        (LORD_HOWE, date(2026, 4, 5), "01:30-02:00", ["01:30+11:00", "01:30+10:30"]),
    ],
)
def test_hours_that_touch_the_repeated_hour(zone: str, day: date, hours: str, expected: list[str]) -> None:
    assert slots(zone, hours, day) == expected


@pytest.mark.parametrize(
    ("zone", "now", "shown"),
    [  # 13 hours elapsed are 13 hours: the wall clock shows one more in spring, one less in autumn
        (PARIS, "2026-03-28T22:00", "13:00"),  # 23:00 the evening before
        (PARIS, "2026-10-24T21:00", "11:00"),
        (BERLIN, "2026-03-28T22:00", "13:00"),
        (BERLIN, "2026-10-24T21:00", "11:00"),
        (NEW_YORK, "2026-03-08T04:00", "13:00"),
        (NEW_YORK, "2026-11-01T03:00", "11:00"),
        (LORD_HOWE, "2026-10-03T12:30", "12:30"),  # half an hour only
        (LORD_HOWE, "2026-04-04T12:00", "11:30"),
    ],
)
def test_lead_time_across_the_change(zone: str, now: str, shown: str) -> None:
    place, earliest = ZoneInfo(zone), utc(now) + timedelta(hours=13)
    assert earliest.astimezone(place).strftime("%H:%M") == shown
    rules = Rules(hours=every_day("00:00-24:00"), lead_time=timedelta(hours=13), step_minutes=1)
    asked = question(now=utc(now), zone=place, rules=rules)
    assert isinstance(judge(asked, earliest), Offer)
    too_soon = judge(asked, earliest - timedelta(minutes=1))
    assert isinstance(too_soon, Refusal)
    assert too_soon.rule == "lead-time"
    first = offered(asked, utc(now), utc(now) + timedelta(days=1))[0]
    assert first.start == earliest


@pytest.mark.parametrize(
    ("zone", "stated", "expected"),
    [
        (PARIS, "2026-03-29T02:30:00", None),
        (PARIS, "2026-03-29T02:30:00+01:00", None),
        (PARIS, "2026-03-29T02:30:00+02:00", None),
        (PARIS, "2026-03-29T01:30:00Z", "2026-03-29T01:30"),
        (PARIS, "2026-03-29T02:30:00Z", "2026-03-29T02:30"),
        (PARIS, "2026-03-29T03:30:00", "2026-03-29T01:30"),
        (PARIS, "2026-10-25T02:30:00", "2026-10-25T00:30"),
        (PARIS, "2026-10-25T02:30:00+02:00", "2026-10-25T00:30"),
        (PARIS, "2026-10-25T02:30:00+01:00", "2026-10-25T01:30"),
        (BERLIN, "2026-03-29T02:00:00", None),
        (BERLIN, "2026-10-25T02:00:00", "2026-10-25T00:00"),
        (NEW_YORK, "2026-03-08T02:30:00", None),
        (NEW_YORK, "2026-11-01T01:30:00", "2026-11-01T05:30"),
        (NEW_YORK, "2026-11-01T01:30:00-05:00", "2026-11-01T06:30"),
        (LORD_HOWE, "2026-10-04T02:15:00", None),
        (LORD_HOWE, "2026-10-04T02:30:00", "2026-10-03T15:30"),
        (LORD_HOWE, "2026-04-05T01:45:00", "2026-04-04T14:45"),
        (LORD_HOWE, "2026-04-05T01:45:00+10:30", "2026-04-04T15:15"),
        ("Europe/London", "2026-03-29T01:30:00Z", "2026-03-29T01:30"),
        ("Europe/London", "2026-03-29T01:30:00", None),
    ],
)
def test_a_stated_start(zone: str, stated: str, expected: str | None) -> None:
    """A local time that does not exist is refused; the first of two counts unless stated."""
    found = wall_clock.read_start(datetime.fromisoformat(stated), ZoneInfo(zone))
    assert found == (None if expected is None else utc(expected))


def test_a_day_without_its_midnight_begins_at_the_end_of_the_gap() -> None:
    beirut = ZoneInfo("Asia/Beirut")
    day = wall_clock.LocalDay.of(date(2026, 3, 29), beirut)
    assert (day.begins, day.ends) == (utc("2026-03-28T22:00"), utc("2026-03-29T21:00"))
    assert not day.even
