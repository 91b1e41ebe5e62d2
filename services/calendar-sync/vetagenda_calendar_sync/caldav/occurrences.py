"""The times of a series, expanded here because a CalDAV server need not (RFC 4791 makes `expand` of it, and
few keep to it). A rule that repeats every second must not fill the memory."""

from datetime import UTC, datetime
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Component, vDDDLists, vDDDTypes

from vetagenda_calendar_sync.caldav.parsing import Unreadable, is_private, parsed
from vetagenda_calendar_sync.caldav.resources import flat, text_of
from vetagenda_calendar_sync.caldav.times import Times, days
from vetagenda_calendar_sync.engine.state import Occurrence
from vetagenda_calendar_sync.mapping.text import TITLE_LIMIT
from vetagenda_calendar_sync.mapping.zone import Zone

TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
TIMED = ("DTSTART", "DTEND", "RECURRENCE-ID")
LISTED = ("EXDATE", "RDATE")


def occurrences_of(text: str, zone: Zone, begin: datetime, end: datetime) -> list[Occurrence]:
    """Those that start in [begin, end), exceptions in their own time, cancelled ones left out.

    Raises Unreadable: what cannot be expanded is not empty."""
    try:
        calendar = _plain(parsed(text), zone)
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(begin, end)
        made = [_occurrence(flat(each), zone) for each in found]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise Unreadable from None
    return [each for each in made if each is not None and begin <= _start(each, zone) < end]


def _occurrence(event: dict[str, Any], zone: Zone) -> Occurrence | None:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    times = Times(zone, {})
    original = event.get("RECURRENCE-ID") or event["DTSTART"]
    return Occurrence(
        key=_key(original.dt),
        summary=text_of(event, "SUMMARY")[:TITLE_LIMIT],
        period=times.period(event),
        days=days(event),
        is_transparent=str(event.get("TRANSP", "")).upper() == "TRANSPARENT",
        is_private=is_private(event),
    )


def _key(original: Any) -> str:
    if isinstance(original, datetime):
        return original.astimezone(UTC).isoformat()
    return str(original.isoformat())


def _start(each: Occurrence, zone: Zone) -> datetime:
    if each.period is not None:
        return each.period.start
    assert each.days is not None
    midnight = datetime.combine(each.days.first, datetime.min.time())
    return midnight.replace(tzinfo=Times(zone, {}).zone_of(None)).astimezone(UTC)


def _plain(calendar: Component, zone: Zone) -> Calendar:
    """The same with every time in a zone that we know, so that no other reading of zones comes in."""
    times = Times.of(calendar, zone)
    plain = Calendar()
    for event in calendar.walk("VEVENT"):
        if any(rule in TOO_OFTEN for rule in _frequencies(event)):
            raise Unreadable
        for name in (*TIMED, *LISTED):
            if name in event:
                event[name] = _in_known_zone(event[name], times)
        plain.add_component(event)
    return plain


def _frequencies(event: Any) -> list[str]:
    rules = event.get("RRULE", [])
    return [str(each) for rule in (rules if isinstance(rules, list) else [rules]) for each in rule["FREQ"]]


def _in_known_zone(value: Any, times: Times) -> Any:
    if isinstance(value, list):
        return [_in_known_zone(each, times) for each in value]
    if isinstance(value, vDDDLists):
        return vDDDLists([_moment(each, value.params.get("TZID"), times) for each in value.dts])
    return vDDDTypes(_moment(value, value.params.get("TZID"), times))


def _moment(value: Any, tzid: str | None, times: Times) -> Any:
    """A date stays one, a period as in RDATE stays as it is read; UTC stays UTC."""
    if not isinstance(value.dt, datetime):
        return value.dt
    if value.to_ical().endswith(b"Z"):
        return value.dt.replace(tzinfo=UTC)
    return value.dt.replace(tzinfo=times.zone_of(tzid), fold=0)
