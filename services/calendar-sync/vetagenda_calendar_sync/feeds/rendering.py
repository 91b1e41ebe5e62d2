"""A column as iCalendar (RFC 5545, RFC 7986), with the words that remote calendars get too. Pure.

Times and codes are written here: twenty thousand of them through a library take longer than all else. Free
text is folded by icalendar.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from icalendar.parser import Contentline

from vetagenda_calendar_sync.feeds.column import Closed, Column, Visit
from vetagenda_calendar_sync.mapping.definitions import vtimezone
from vetagenda_calendar_sync.mapping.fields import Period
from vetagenda_calendar_sync.mapping.summary import Privacy, remote_fields, words_of
from vetagenda_calendar_sync.mapping.text import one_line
from vetagenda_calendar_sync.mapping.zone import Zone
from vetagenda_contracts.rfc5545 import escaped

REFRESH = "PT15M"
_STATUS = {"requested": "TENTATIVE", "cancelled": "CANCELLED"}
_ABSENT = {"fr": "Absence", "de": "Abwesend", "en": "Absent"}
_CLOSED = {"fr": "Fermé", "de": "Geschlossen", "en": "Closed"}


def calendar(column: Column, privacy: Privacy) -> bytes:
    """The whole document, CRLF at every line's end."""
    lines = [*_head(column), *_events(column, privacy), "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def _head(column: Column) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//vetagenda//calendar-sync//EN")
    yield from ("CALSCALE:GREGORIAN", "METHOD:PUBLISH")
    for name in ("NAME", "X-WR-CALNAME"):  # the second is what phones read since before RFC 7986
        yield _text(name, one_line(column.name))
    yield f"X-WR-TIMEZONE:{column.zone}"
    yield f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"
    yield f"X-PUBLISHED-TTL:{REFRESH}"
    yield from vtimezone(Zone(column.zone), _first_year(column))


def _events(column: Column, privacy: Privacy) -> Iterator[str]:
    zone = ZoneInfo(column.zone)
    for visit in column.visits or ():
        yield from _visit(visit, privacy, zone)
    for closed in column.closed or ():
        yield from _closed(closed, privacy, column.locale, zone)


def _visit(visit: Visit, privacy: Privacy, zone: ZoneInfo) -> Iterator[str]:
    fields, facts = visit.agenda.fields, visit.agenda.facts
    event = remote_fields(fields, facts, privacy)
    status = _STATUS.get(facts.status, "CONFIRMED")
    yield from _begin(visit.uid, visit.sequence, visit.changed_at, status)
    yield from _times(event.period, zone)
    yield _text("SUMMARY", event.summary)
    if event.location:
        yield _text("LOCATION", event.location)
    if description := "\n\n".join(part for part in (event.notes, event.block) if part):
        yield _text("DESCRIPTION", description)
    yield "END:VEVENT"


def _closed(closed: Closed, privacy: Privacy, locale: str, zone: ZoneInfo) -> Iterator[str]:
    yield from _begin(f"{closed.id}@vetagenda", closed.version - 1, closed.changed_at, "CONFIRMED")
    yield from _times(closed.period, zone)
    words = _CLOSED if closed.is_whole_practice else _ABSENT
    told = words.get(locale[:2], words["fr"])
    if privacy == "busy":
        told = words_of(locale)["busy"]
    elif privacy == "full":
        told = one_line(closed.reason) or told
    yield _text("SUMMARY", told)
    yield "END:VEVENT"


def _begin(uid: str, sequence: int, changed_at: datetime, status: str) -> Iterator[str]:
    """Cancelled time is free; all else is busy, also an absence."""
    changed = _utc(changed_at)
    yield from ("BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{changed}", f"LAST-MODIFIED:{changed}")
    yield from (f"SEQUENCE:{sequence}", f"STATUS:{status}")
    yield "TRANSP:TRANSPARENT" if status == "CANCELLED" else "TRANSP:OPAQUE"


def _times(period: Period, zone: ZoneInfo) -> Iterator[str]:
    """From midnight to midnight are whole days, which a phone shows as such."""
    start, end = period.start.astimezone(zone), period.end.astimezone(zone)
    if start.time() == end.time() == time():
        yield f"DTSTART;VALUE=DATE:{start:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{end:%Y%m%d}"
    elif zone.key == "UTC":
        yield f"DTSTART:{_utc(start)}"
        yield f"DTEND:{_utc(end)}"
    else:
        yield f"DTSTART;TZID={zone.key}:{start:%Y%m%dT%H%M%S}"
        yield f"DTEND;TZID={zone.key}:{end:%Y%m%dT%H%M%S}"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(name: str, value: str) -> str:
    line: bytes = Contentline(f"{name}:{escaped(value)}").to_ical()  # type: ignore[no-untyped-call]
    return line.decode()


def _first_year(column: Column) -> int:
    periods: Iterable[Period] = (
        *(visit.agenda.fields.period for visit in column.visits or ()),
        *(closed.period for closed in column.closed or ()),
    )
    return min((period.start.year for period in periods), default=2020)
