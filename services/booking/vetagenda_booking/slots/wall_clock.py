"""From what a wall clock shows to instants, over gaps and repeated hours (BOOK-10).

A zone's clock skips some times of day (the gap in spring) and shows others twice (in autumn). Rules are
written in wall-clock time; everything that is compared is an instant in UTC.
"""

import datetime as dt
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The UTC instants, in order, at which the clock of `zone` shows the naive `wall`: none, one or two."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == second:
        return (first,)
    # PEP 495: in a gap fold=0 is read with the offset before it, so it comes out later than fold=1.
    return (first, second) if first < second else ()


def _boundary(wall: datetime, zone: ZoneInfo) -> datetime:
    """When hours begin or end: the first of two readings, the end of the gap where there is none."""
    while not (found := readings(wall, zone)):
        wall = wall.replace(second=0, microsecond=0) + MINUTE
    return found[0]


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A calendar day of a zone as instants, [begins, ends). Minutes count by the wall clock from midnight.

    Nearly all days are `even`, without a clock change in them: those need no look into the zone.
    """

    date: dt.date
    zone: ZoneInfo
    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, day: dt.date, zone: ZoneInfo) -> "LocalDay":
        midnight = datetime.combine(day, time())
        return cls(day, zone, _boundary(midnight, zone), _boundary(midnight + DAY, zone))

    @property
    def even(self) -> bool:
        return self.ends - self.begins == DAY

    def readings(self, minutes: int) -> tuple[datetime, ...]:
        if self.even:
            return (self.begins + minutes * MINUTE,)
        return readings(self._wall(minutes), self.zone)

    def boundary(self, minutes: int) -> datetime:
        if self.even:
            return self.begins + minutes * MINUTE
        return _boundary(self._wall(minutes), self.zone)

    def shown_at(self, instant: datetime) -> timedelta:
        """What the wall clock shows at an instant of this day, since midnight."""
        if self.even:
            return instant - self.begins
        return instant.astimezone(self.zone).replace(tzinfo=None) - self._wall(0)

    def _wall(self, minutes: int) -> datetime:
        return datetime.combine(self.date, time()) + minutes * MINUTE


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


def read_edge(stated: datetime, zone: ZoneInfo) -> datetime:
    """Where a caller's interval begins or ends: as a start, but in the gap it is the gap's end."""
    return stated.astimezone(UTC) if stated.tzinfo is not None else _boundary(stated, zone)


def _offsets_around(wall: datetime, zone: ZoneInfo) -> set[timedelta | None]:
    # Offset zero is left out: it is how instants are written, also around the gap in London.
    return {wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)} - {timedelta(0)}
