"""From what a wall clock shows to instants, over gaps and repeated hours (BOOK-10).

A zone's clock skips some times of day (the gap in spring) and shows others twice (in autumn). Rules are
written in wall-clock time; everything that is compared is an instant in UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


def readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The UTC instants, in order, at which the clock of `zone` shows the naive `wall`: none, one or two."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == second:
        return (first,)
    # PEP 495: in a gap fold=0 is read with the offset before it, so it comes out later than fold=1.
    return (first, second) if first < second else ()


def at(day: date, minutes: int) -> datetime:
    """Naive wall-clock time; 1440 minutes is the next day's midnight."""
    return datetime.combine(day, time()) + minutes * _MINUTE


def boundary(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """When hours begin or end: the first of two readings, the end of the gap where there is none."""
    wall = at(day, minutes)
    while not (found := readings(wall, zone)):
        wall += _MINUTE
    return found[0]


def read_start(stated: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant that a caller means, or None when the practice's clock never shows it.

    Without an offset the time is the practice's wall clock, and the first reading counts. With the offset
    that the zone has on either side of a gap it is the practice's wall clock too (many libraries render
    02:30 that way), so a time inside the gap does not exist; with any other offset, or Z, it is an instant.
    """
    wall = stated.replace(tzinfo=None)
    found = readings(wall, zone)
    if stated.tzinfo is None:
        return found[0] if found else None
    if not found and stated.utcoffset() in _offsets_around(wall, zone):
        return None
    return stated.astimezone(UTC)


def _offsets_around(wall: datetime, zone: ZoneInfo) -> set[timedelta | None]:
    # Offset zero is left out: it is how instants are written, also around the gap in London.
    return {wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)} - {timedelta(0)}
