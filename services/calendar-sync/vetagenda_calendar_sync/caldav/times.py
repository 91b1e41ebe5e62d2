"""When an iCalendar time is (RFC 5545, 3.3.5): the process's, device's and server's zone never count."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from vetagenda_calendar_sync.mapping.fields import Days, Period
from vetagenda_calendar_sync.mapping.zone import Zone


@dataclass(frozen=True)
class Times:
    """Reads the times of one resource. `own` are its VTIMEZONEs: often invalid, so only for unknown names."""

    zone: Zone
    own: Mapping[str, Timezone]

    @classmethod
    def of(cls, calendar: Component, zone: Zone) -> "Times":
        found = (each for each in calendar.walk("VTIMEZONE") if isinstance(each, Timezone))
        return cls(zone, {str(each.get("TZID", "")): each for each in found})

    def instant(self, value: Any) -> datetime:
        """In UTC. A time in a gap moves forward, an ambiguous one is the first (PEP 495, fold 0).

        `value` is a DATE-TIME property; one without a zone is in the link's."""
        wall: datetime = value.dt.replace(tzinfo=None, fold=0)
        if value.to_ical().endswith(b"Z"):
            return wall.replace(tzinfo=UTC)
        return wall.replace(tzinfo=self.zone_of(value.params.get("TZID"))).astimezone(UTC)

    def zone_of(self, tzid: str | None) -> tzinfo:
        if tzid is None:
            return ZoneInfo(self.zone.name)
        known = known_zone(tzid)
        if known is None and tzid in self.own:
            own: tzinfo = self.own[tzid].to_tz(lookup_tzid=False)
            return own
        return known or ZoneInfo(self.zone.name)

    def period(self, event: Mapping[str, Any]) -> Period | None:
        """None for whole days. Without a length, or with none that is one, it lasts the link's default."""
        start = event.get("DTSTART")
        if start is None or not isinstance(start.dt, datetime):
            return None
        begins = self.instant(start)
        return Period(begins, self._end(event, begins) or begins + self.zone.default)

    def has_length(self, event: Mapping[str, Any]) -> bool:
        """Of one that has a time."""
        return self._end(event, self.instant(event["DTSTART"])) is not None

    def _end(self, event: Mapping[str, Any], begins: datetime) -> datetime | None:
        """None when there is none after the start."""
        end, duration = event.get("DTEND"), event.get("DURATION")
        ends = begins
        if end is not None and isinstance(end.dt, datetime):
            ends = self.instant(end)
        elif duration is not None and isinstance(duration.dt, timedelta):
            zone = self.zone_of(event["DTSTART"].params.get("TZID"))
            ends = later(begins.astimezone(zone), duration.dt)
        return ends if ends > begins else None


def later(start: datetime, duration: timedelta) -> datetime:
    """Days are of the calendar, hours of the clock (RFC 5545, 3.3.6)."""
    day = start + timedelta(days=duration.days)  # wall time: the zone stays, the offset may change
    return day.astimezone(UTC) + timedelta(seconds=duration.seconds)


def days(event: Mapping[str, Any]) -> Days | None:
    """Dates stay dates; the end is exclusive, one day when it is missing or not after the start."""
    start, end, duration = (event.get(name) for name in ("DTSTART", "DTEND", "DURATION"))
    if start is None or isinstance(start.dt, datetime) or not isinstance(start.dt, date):
        return None
    first, after = start.dt, start.dt
    if end is not None and isinstance(end.dt, date) and not isinstance(end.dt, datetime):
        after = end.dt
    elif duration is not None and isinstance(duration.dt, timedelta):
        after = first + timedelta(days=duration.dt.days)
    return Days(first, max(after, first + timedelta(days=1)))


@cache
def known_zone(tzid: str) -> tzinfo | None:
    """By its IANA name, else by the name that Windows has for it (CLDR), else by the IANA name at the end of
    a vendor's (`/freeassociation.sourceforge.net/Europe/Paris`)."""
    for name in _names(tzid.strip().strip('"')):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            continue
    return None


def _names(tzid: str) -> Iterator[str]:
    yield tzid.strip("/")
    if tzid in WINDOWS_TO_OLSON:
        yield WINDOWS_TO_OLSON[tzid]
    parts = tzid.strip("/").split("/")
    yield from ("/".join(parts[start:]) for start in range(1, len(parts) - 1))


def wall(name: str, when: datetime, zone: Zone) -> str:
    """A content line with the wall time in the link's zone, cut to seconds as every server does."""
    local = when.astimezone(ZoneInfo(zone.name))
    if zone.name == "UTC":
        return f"{name}:{local:%Y%m%dT%H%M%S}Z"
    return f"{name};TZID={zone.name}:{local:%Y%m%dT%H%M%S}"


def written_zone(value: Any) -> str:
    """Which a DATE-TIME property is written in, empty when floating: a shift shows in it (R-SHIFT)."""
    if value.to_ical().endswith(b"Z"):
        return "UTC"
    known = known_zone(str(value.params.get("TZID", "")))
    return str(known) if known else str(value.params.get("TZID", ""))
