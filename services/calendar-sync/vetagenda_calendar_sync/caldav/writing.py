"""What the engine wants as an iCalendar object (RFC 5545). Pure.

A resource that is there is changed line by line: whatever is not ours (alarms, attendees, colours, other
programs' own properties) stays as its owner wrote it, to the letter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from icalendar.parser import Contentline, Contentlines

from vetagenda_calendar_sync.caldav.parsing import Unreadable
from vetagenda_calendar_sync.caldav.resources import APPOINTMENT, LINK, REVISION
from vetagenda_calendar_sync.caldav.times import wall
from vetagenda_calendar_sync.engine.state import Stamp
from vetagenda_calendar_sync.mapping.definitions import vtimezone
from vetagenda_calendar_sync.mapping.description import Description, render
from vetagenda_calendar_sync.mapping.fields import RemoteFields
from vetagenda_calendar_sync.mapping.zone import Zone
from vetagenda_contracts.rfc5545 import escaped

ALL = frozenset({"summary", "period", "location", "notes", "block"})
PRODUCT = "PRODID:-//vetagenda//calendar-sync//EN"
WRITTEN = {
    "summary": {"SUMMARY"},
    "location": {"LOCATION"},
    "notes": {"DESCRIPTION"},
    "block": {"DESCRIPTION"},
    "period": {"DTSTART", "DTEND", "DURATION", "SEQUENCE"},
}
ALWAYS = {"DTSTAMP", "LAST-MODIFIED", LINK, APPOINTMENT, REVISION}


@dataclass(frozen=True)
class Order:
    """`names` are the fields to write; the mark is always written."""

    event: RemoteFields
    names: frozenset[str]
    stamp: Stamp
    zone: Zone
    now: datetime


def new_text(uid: str, order: Order) -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        PRODUCT,
        *vtimezone(order.zone, order.event.period.start.year),
        "BEGIN:VEVENT",
        f"UID:{uid}",
        *_lines(order, sequence=0),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return _joined(lines)


def patched_text(text: str, order: Order) -> str:
    """Raises Unreadable. `text` holds one event; its exceptions, if any, are left alone."""
    lines = [str(line) for line in _unfolded(text) if line]
    begin, end = _event(lines)
    dropped = ALWAYS.union(*(WRITTEN[name] for name in order.names))
    kept = [line for line, depth in _nested(lines[begin + 1 : end]) if depth or name_of(line) not in dropped]
    sequence = _sequence(lines[begin:end]) + 1
    event = [lines[begin], *_lines(order, sequence), *kept, lines[end]]
    before = [*lines[:begin], *(_missing_zone(lines, order) if "period" in order.names else [])]
    return _joined([*before, *event, *lines[end + 1 :]])


def name_of(line: str) -> str:
    """The property's name in capitals."""
    return line.partition(":")[0].partition(";")[0].upper()


def _lines(order: Order, sequence: int) -> list[str]:
    """What is ours of the event, empty texts left out."""
    event, names, now = order.event, order.names, f"{order.now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [f"DTSTAMP:{now}", f"LAST-MODIFIED:{now}"]
    if "period" in names:
        lines += [
            wall("DTSTART", event.period.start, order.zone),
            wall("DTEND", event.period.end, order.zone),
        ]
        lines.append(f"SEQUENCE:{sequence}")  # of time and cancellation only (RFC 5546, 2.1.4)
    texts = {"SUMMARY": event.summary} if "summary" in names else {}
    texts |= {"LOCATION": event.location} if "location" in names else {}
    if names & {"notes", "block"}:
        texts["DESCRIPTION"] = render(Description(event.notes, event.block), sent=str)
    lines += [f"{name}:{escaped(text)}" for name, text in texts.items() if text]
    mark = {LINK: order.stamp.key, APPOINTMENT: order.stamp.appointment_id, REVISION: order.stamp.revision}
    return [*lines, *(f"{name}:{value}" for name, value in mark.items())]


def _event(lines: list[str]) -> tuple[int, int]:
    """Where the event begins and ends that is no exception of a series."""
    found: list[tuple[int, int]] = []
    begin = -1
    for number, line in enumerate(lines):
        if line.upper() == "BEGIN:VEVENT":
            begin = number
        elif line.upper() == "END:VEVENT" and begin >= 0:
            found.append((begin, number))
            begin = -1
    for begin, end in found:
        own = (name_of(line) for line, depth in _nested(lines[begin + 1 : end]) if not depth)
        if "RECURRENCE-ID" not in own:
            return begin, end
    raise Unreadable


def _nested(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Each line and how deep in alarms and the like it stands: 0 is the event's own."""
    depth = 0
    for line in lines:
        name = name_of(line)
        depth += name == "BEGIN"
        yield line, depth
        depth -= name == "END"


def _sequence(lines: list[str]) -> int:
    texts = (line.partition(":")[2].strip() for line in lines if name_of(line) == "SEQUENCE")
    return max((int(text) for text in texts if text.isdecimal()), default=0)


def _missing_zone(lines: list[str], order: Order) -> list[str]:
    has = {line.partition(":")[2] for line in lines if name_of(line) == "TZID"}
    return [] if order.zone.name in has else vtimezone(order.zone, order.event.period.start.year)


def _unfolded(text: str) -> list[Any]:
    return list(Contentlines.from_ical(text.lstrip("\ufeff")))  # type: ignore[no-untyped-call]


def _joined(lines: list[str]) -> str:
    """Folded at 75 octets, with CRLF (RFC 5545, 3.1)."""
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    octets: bytes = Contentline(line).to_ical()  # type: ignore[no-untyped-call]
    return octets.decode()
