"""A calendar object resource (RFC 4791, 4.1) as the engine sees it. Pure.

What cannot be read is said to be so: it is there, and nothing is concluded from it.
"""

from typing import Any

from icalendar import Component, Event

from vetagenda_calendar_sync.caldav.parsing import TooLarge, Unreadable, is_private, parsed, salvaged
from vetagenda_calendar_sync.caldav.times import Times, days, written_zone
from vetagenda_calendar_sync.engine.state import Seen, Stamp
from vetagenda_calendar_sync.mapping.text import DESCRIPTION_LIMIT, TITLE_LIMIT, as_sent, clean
from vetagenda_calendar_sync.mapping.zone import Zone

READ_LIMIT = 4 * DESCRIPTION_LIMIT  # as with Google: the text itself is capped after reading
SERIES = ("RRULE", "RDATE", "RECURRENCE-ID")
LINK, APPOINTMENT, REVISION = "X-VETAGENDA-LINK", "X-VETAGENDA-APPOINTMENT", "X-VETAGENDA-REVISION"


def seen_of(event_id: str, etag: str, text: str, zone: Zone) -> Seen | None:
    """None for what is no event: tasks and journals are not ours to know."""
    try:
        calendar = parsed(text)
        events = calendar.walk("VEVENT")
        if not events:
            return None
        return _seen(event_id, etag, calendar, events, zone)
    except Unreadable as trouble:
        is_too_large = isinstance(trouble, TooLarge)
        told = salvaged(text, zone)
        return Seen(event_id, etag, is_unreadable=True, is_too_large=is_too_large, salvaged=told)


def _seen(event_id: str, etag: str, calendar: Component, events: list[Any], zone: Zone) -> Seen:
    event = flat(master(events))
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return Seen(event_id, etag, is_deleted=True)
    try:
        times = Times.of(calendar, zone)
        period, whole = times.period(event), days(event)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise Unreadable from None
    if period is None and whole is None:
        raise Unreadable
    start = event["DTSTART"]
    return Seen(
        id=event_id,
        etag=etag,
        summary=text_of(event, "SUMMARY")[:TITLE_LIMIT],
        period=period,
        has_no_length=period is not None and not times.has_length(event),
        location=text_of(event, "LOCATION")[:TITLE_LIMIT],
        description=as_sent(text_of(event, "DESCRIPTION")[:READ_LIMIT]),  # plain text (RFC 5545, 3.8.1.5)
        stamp=_stamp(event),
        is_series=len(events) > 1 or any(name in event for name in SERIES),
        days=whole,
        is_transparent=str(event.get("TRANSP", "")).upper() == "TRANSPARENT",
        wall=start.dt.strftime("%Y-%m-%dT%H:%M") if period else "",
        zone=written_zone(start) if period else "",
        is_private=is_private(event),
    )


def master(events: list[Event]) -> Event:
    """The event itself, not one of its exceptions."""
    return next((each for each in events if "RECURRENCE-ID" not in each), events[0])


def flat(event: Event) -> dict[str, Any]:
    """A property that may stand only once and stands twice: the first counts."""
    return {name: value[0] if isinstance(value, list) else value for name, value in event.items() if value}


def text_of(event: dict[str, Any], name: str) -> str:
    return clean(str(event.get(name, "")))


def _stamp(event: dict[str, Any]) -> Stamp | None:
    try:
        return Stamp(str(event[LINK]), str(event[APPOINTMENT]), int(event[REVISION]))
    except (KeyError, ValueError):
        return None
