"""VTIMEZONE (RFC 5545, 3.6.5) of a zone that we know: yearly rules where it keeps to some, else dates.

Each onset is written in the local time that ends with it, as the standard wants; the one that icalendar
makes of a tzinfo is an hour late in spring.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from vetagenda_calendar_sync.mapping.zone import Zone

YEARS_BEFORE, YEARS_AFTER = 1, 5
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Change:
    """`at` is the local time before the change."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


def vtimezone(zone: Zone, year: int) -> list[str]:
    """Complete for the years around an event; none for UTC, which needs none."""
    return [] if zone.name == "UTC" else list(_lines(zone.name, year))


@cache
def _lines(name: str, year: int) -> tuple[str, ...]:
    found = list(changes(ZoneInfo(name), year - YEARS_BEFORE, year + YEARS_AFTER))
    kinds = {(each.before, each.after, each.is_summer): None for each in found}
    groups = [[c for c in found if (c.before, c.after, c.is_summer) == kind] for kind in kinds]
    inner = [line for group in groups for line in _observance(group)] or _fixed(ZoneInfo(name), year)
    return ("BEGIN:VTIMEZONE", f"TZID:{name}", *inner, "END:VTIMEZONE")


def changes(zone: ZoneInfo, first_year: int, last_year: int) -> Iterator[Change]:
    """Every change of the offset in these years, to the minute."""
    day, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year, 1, 1, tzinfo=UTC)
    while day < end:
        following = day + timedelta(days=1)
        if _offset(zone, day) != _offset(zone, following):
            yield _change(zone, day, following)
        day = following


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> Change:
    before = _offset(zone, low)
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    onset = high.replace(second=0, microsecond=0)
    local = onset.astimezone(zone)
    at = (onset + before).replace(tzinfo=None)
    return Change(at, before, _offset(zone, high), local.tzname() or "", bool(local.dst()))


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _observance(group: list[Change]) -> list[str]:
    first, kind = group[0], "DAYLIGHT" if group[0].is_summer else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{first.at:%Y%m%dT%H%M%S}",
        *_repeats(group),
        f"TZNAME:{first.name}",
        f"TZOFFSETFROM:{_written(first.before)}",
        f"TZOFFSETTO:{_written(first.after)}",
        f"END:{kind}",
    ]


def _repeats(group: list[Change]) -> list[str]:
    """`the last Sunday of March` when that is what all of them are, otherwise their dates."""
    years = [each.at.year for each in group]
    same = {(each.at.month, each.at.weekday(), each.at.time()) for each in group}
    is_yearly = len(same) == 1 and years == list(range(years[0], years[0] + len(years))) and len(years) > 1
    for week in (_from_end, _from_start):
        if is_yearly and len({week(each.at) for each in group}) == 1:
            at = group[0].at
            return [f"RRULE:FREQ=YEARLY;BYMONTH={at.month};BYDAY={week(at)}{DAYS[at.weekday()]}"]
    return [f"RDATE:{each.at:%Y%m%dT%H%M%S}" for each in group[1:]]


def _from_start(at: datetime) -> int:
    return (at.day - 1) // 7 + 1


def _from_end(at: datetime) -> int:
    return -((monthrange(at.year, at.month)[1] - at.day) // 7 + 1)


def _fixed(zone: ZoneInfo, year: int) -> list[str]:
    now = datetime(year, 1, 1, tzinfo=zone)
    offset = _written(_offset(zone, now))
    times = [f"TZNAME:{now.tzname()}", f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}"]
    return ["BEGIN:STANDARD", "DTSTART:19700101T000000", *times, "END:STANDARD"]


def _written(offset: timedelta) -> str:
    sign, minutes = "-" if offset < timedelta(0) else "+", abs(offset) // timedelta(minutes=1)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}"
