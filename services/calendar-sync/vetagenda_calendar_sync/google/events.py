"""A Google event resource as the engine sees it, and what the engine wants as a Google event. Pure."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from vetagenda_calendar_sync.engine.state import Nature, Occurrence, Seen, Stamp
from vetagenda_calendar_sync.mapping.description import Description, render
from vetagenda_calendar_sync.mapping.fields import Days, Period, RemoteFields
from vetagenda_calendar_sync.mapping.text import DESCRIPTION_LIMIT, TITLE_LIMIT, clean, one_line
from vetagenda_calendar_sync.mapping.zone import Zone

Resource = dict[str, Any]
PRIVATE = frozenset({"private", "confidential"})
ADDRESS_LIMIT = 200
NATURES: dict[str, Nature] = {
    "birthday": "note",
    "workingLocation": "note",
    "outOfOffice": "absence",
    "focusTime": "absence",
    "fromGmail": "absence",
}
"""By `eventType`: what Google's own screens and services enter is no visit; some of it refuses changes."""
READ_LIMIT = 4 * DESCRIPTION_LIMIT  # markup takes room; the text itself is capped after reading


def seen_of(resource: Resource, zone: Zone) -> Seen:
    """Anything of a resource may be missing: deleted events guarantee only their id."""
    etag = str(resource.get("etag", ""))
    if resource.get("status") == "cancelled":
        return Seen(resource["id"], etag, is_deleted=True, series_id=resource.get("recurringEventId"))
    return Seen(
        id=resource["id"],
        etag=etag,
        summary=clean(resource.get("summary", ""))[:TITLE_LIMIT],
        period=_period(resource, zone),
        has_no_length="dateTime" in resource.get("start", {}) and _end(resource, zone) is None,
        location=clean(resource.get("location", ""))[:TITLE_LIMIT],
        description=clean(resource.get("description", ""))[:READ_LIMIT],
        stamp=_stamp(resource),
        is_series="recurrence" in resource,
        days=_days(resource),
        is_transparent=resource.get("transparency") == "transparent",
        wall=resource.get("start", {}).get("dateTime", "")[:16],
        zone=_zone_of(resource.get("start", {})),
        is_private=resource.get("visibility") in PRIVATE,
        series_id=resource.get("recurringEventId"),
        nature=NATURES.get(resource.get("eventType", ""), "ordinary"),
        creator=one_line(resource.get("creator", {}).get("email", ""), ADDRESS_LIMIT),
    )


def occurrence_of(resource: Resource, zone: Zone) -> Occurrence:
    """An item of `events.instances` that lives."""
    original = resource["originalStartTime"]
    return Occurrence(
        key=original.get("dateTime") or original["date"],
        summary=clean(resource.get("summary", ""))[:TITLE_LIMIT],
        period=_period(resource, zone),
        days=_days(resource),
        is_transparent=resource.get("transparency") == "transparent",
        is_private=resource.get("visibility") in PRIVATE,
    )


def _period(resource: Resource, zone: Zone) -> Period | None:
    """None for whole days: dates stay dates."""
    start = resource.get("start", {})
    if "dateTime" not in start:
        return None
    begins = instant(start, zone)
    return Period(begins, _end(resource, zone) or begins + zone.default)


def _end(resource: Resource, zone: Zone) -> datetime | None:
    """Of one that has a time; None when there is none after the start."""
    end = resource.get("end", {})
    if "dateTime" not in end or resource.get("endTimeUnspecified"):
        return None
    ends = instant(end, zone)
    return ends if ends > instant(resource["start"], zone) else None


def _zone_of(start: dict[str, str]) -> str:
    """As it is written there, by name or else by offset: a shift shows in it (R-SHIFT)."""
    return start.get("timeZone") or start.get("dateTime", "")[19:]


def _days(resource: Resource) -> Days | None:
    """The end is exclusive; one day when it is missing or not after the start."""
    start, end = resource.get("start", {}), resource.get("end", {})
    if "date" not in start:
        return None
    first = date.fromisoformat(start["date"])
    after = date.fromisoformat(end["date"]) if "date" in end else first
    return Days(first, max(after, first + timedelta(days=1)))


def instant(when: dict[str, str], zone: Zone) -> datetime:
    """A dateTime with its offset, or a wall time in the zone that is named, else in the link's."""
    value = datetime.fromisoformat(when["dateTime"])
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(when.get("timeZone", zone.name)))
    return value.astimezone(UTC)


def _stamp(resource: Resource) -> Stamp | None:
    private = resource.get("extendedProperties", {}).get("private", {})
    try:
        return Stamp(private["va_l"], private["va_a"], int(private["va_r"]))
    except (KeyError, ValueError):
        return None


def body_of(event: RemoteFields, names: frozenset[str], stamp: Stamp, zone: Zone) -> Resource:
    """Only the named fields, and our mark."""
    body: Resource = {}
    if "summary" in names:
        body["summary"] = event.summary
    if "location" in names:
        body["location"] = event.location
    if names & {"notes", "block"}:
        body["description"] = render(Description(event.notes, event.block))
    if "period" in names:
        body["start"], body["end"] = _wall(event.period.start, zone), _wall(event.period.end, zone)
    mark = {"va_l": stamp.key, "va_a": stamp.appointment_id, "va_r": str(stamp.revision)}
    return body | {"extendedProperties": {"private": mark}}


def _wall(when: datetime, zone: Zone) -> dict[str, str]:
    wall = when.astimezone(ZoneInfo(zone.name)).isoformat(timespec="seconds")
    return {"dateTime": wall, "timeZone": zone.name}


def as_patch(body: Resource) -> Resource:
    """PATCH merges objects, so a whole day becomes a time only if its date is taken away."""
    times = [side for side in ("start", "end") if side in body]
    return body | {side: {**body[side], "date": None} for side in times}
