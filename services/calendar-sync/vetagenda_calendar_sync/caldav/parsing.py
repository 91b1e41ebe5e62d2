"""Text that shall be iCalendar (RFC 5545), parsed; and what of it can be told when it is not. Pure."""

import re
import warnings
from typing import Any

from icalendar import Calendar, Component

from vetagenda_calendar_sync.caldav.times import Times
from vetagenda_calendar_sync.engine.state import Salvaged
from vetagenda_calendar_sync.mapping.text import TITLE_LIMIT, one_line
from vetagenda_calendar_sync.mapping.zone import Zone

LONGEST_RESOURCE = 1_000_000
LONGEST_SALVAGED = 4 * TITLE_LIMIT
_UTC_IN_A_ZONE = re.compile(r';TZID=(?:"[^"]*"|[^:;",]*)(:\d{8}T\d{6}Z)')  # invalid: the Z counts
_TELLING = re.compile(
    r"^(BEGIN|END|SUMMARY|DTSTART|CLASS)[;:][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.MULTILINE | re.IGNORECASE
)
_FOLD = re.compile(r"\r?\n[ \t]")


class Unreadable(Exception):
    """This is no iCalendar object, or one without a start."""


class TooLarge(Unreadable):
    """More than LONGEST_RESOURCE characters: attachments in the text, as a rule."""


def parsed(text: str) -> Component:
    """Raises Unreadable, TooLarge."""
    if len(text) > LONGEST_RESOURCE:
        raise TooLarge
    try:
        calendar = _calendar(_UTC_IN_A_ZONE.sub(r"\1", text.lstrip("\ufeff")))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError):
        raise Unreadable from None
    if calendar.name != "VCALENDAR":
        raise Unreadable
    return calendar


def _calendar(text: str) -> Component:
    if "TZID=/" not in text and 'TZID="/' not in text:
        return Calendar.from_ical(text)
    with (
        warnings.catch_warnings()
    ):  # icalendar guesses the zone in a vendor's name; so do we, and say nothing
        warnings.simplefilter("ignore")
        return Calendar.from_ical(text)


def is_private(event: dict[str, Any]) -> bool:
    """CLASS (RFC 5545, 3.8.1.3); what is not known counts as private there."""
    return str(event.get("CLASS", "PUBLIC")).upper() != "PUBLIC"


def salvaged(text: str, zone: Zone) -> Salvaged | None:
    """By what people may know an event that cannot be read: title and start of the first one in the text,
    as far as these lines are whole. Not the title of a private one."""
    event: dict[str, Any] = {}
    for line in _own_lines(text).values():
        event |= _property(line)
    title = "" if is_private(event) else one_line(str(event.get("SUMMARY", "")))
    start = _start(event, zone)
    return Salvaged(title, start) if title or start else None


def _own_lines(text: str) -> dict[str, str]:
    """Those of the first VEVENT itself, unfolded, not of its alarms; the first of each name."""
    found, inside = dict[str, str](), list[str]()
    for match in _TELLING.finditer(text):
        name, line = match[1].upper(), _FOLD.sub("", match[0][:LONGEST_SALVAGED])
        is_own = inside[-1:] == ["VEVENT"]
        if name == "BEGIN":
            inside.append(line.partition(":")[2].strip().upper())
        elif name == "END" and is_own:
            break
        elif name == "END":
            inside = inside[:-1]
        elif is_own:
            found.setdefault(name, line)
    return found


def _property(line: str) -> dict[str, Any]:
    try:
        calendar = parsed(f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
        return dict(calendar.walk("VEVENT")[0])
    except (Unreadable, IndexError):
        return {}


def _start(event: dict[str, Any], zone: Zone) -> str | None:
    """None for whole days too."""
    try:
        period = Times(zone, {}).period(event)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None
    return period.start.isoformat() if period else None
