"""`events.instances` for the rules that people type on a phone: daily, weekly on days, with an end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from peers.google.calendar import Calendar, Resource, instant, json_copy
from peers.google.refusal import not_found

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
LONGEST = 2000


def instances(calendar: Calendar, id: str, query: dict[str, str]) -> Resource:
    """All instances in [timeMin, timeMax), moved and (with showDeleted) cancelled ones included."""
    with calendar.guard:
        series = calendar.get(id)
        if not series.get("recurrence"):
            raise not_found()
        kept = {e["id"]: e for e in calendar.events.values() if e.get("recurringEventId") == id}
        items = [kept.get(item["id"], item) for item in expanded(calendar, series, query)]
        with_deleted = query.get("showDeleted") == "true"
        items = [item for item in items if with_deleted or item["status"] != "cancelled"]
        first, size = int(query.get("pageToken", "0")), int(query.get("maxResults", "250"))
        answer: Resource = {"kind": "calendar#events", "timeZone": calendar.zone}
        answer["items"] = items[first : first + size]
        return answer | ({"nextPageToken": str(first + size)} if len(items) > first + size else {})


def expanded(calendar: Calendar, series: Resource, query: dict[str, str]) -> Iterator[Resource]:
    since, until = (datetime.fromisoformat(query[n]) if n in query else None for n in ("timeMin", "timeMax"))
    length = instant(series["end"], calendar.zone) - instant(series["start"], calendar.zone)
    for start in starts(calendar, series):
        if until and start >= until:
            return
        if since is None or start + length > since:
            yield instance(series, start, length)


def instance(series: Resource, start: datetime, length: timedelta) -> Resource:
    one = json_copy(series)
    del one["recurrence"]
    if "date" in series["start"]:
        mark = start.strftime("%Y%m%d")
        first, last = {"date": start.date().isoformat()}, {"date": (start + length).date().isoformat()}
    else:
        mark = start.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        zone = {"timeZone": series["start"]["timeZone"]}
        first, last = (
            zone | {"dateTime": start.isoformat()},
            zone | {"dateTime": (start + length).isoformat()},
        )
    one |= {"id": f"{series['id']}_{mark}", "recurringEventId": series["id"], "originalStartTime": first}
    return one | {"start": first, "end": last}


def starts(calendar: Calendar, series: Resource) -> Iterator[datetime]:
    """Starts in wall-clock steps of the series' own zone, so that they do not move with the seasons."""
    rule = parsed(series["recurrence"][0])
    zone = ZoneInfo(series["start"].get("timeZone", calendar.zone))
    first = instant(series["start"], calendar.zone).astimezone(zone)
    last = datetime.fromisoformat(rule["UNTIL"]) if "UNTIL" in rule else None
    days = [DAYS.index(day) for day in rule.get("BYDAY", DAYS[first.weekday()]).split(",")]
    given = 0
    for offset in count():
        start = (first.replace(tzinfo=None) + timedelta(days=offset)).replace(tzinfo=zone)
        if given >= int(rule.get("COUNT", LONGEST)) or offset > LONGEST:
            return
        if last and start > (last if last.tzinfo else last.replace(tzinfo=UTC)):
            return
        if falls(rule, first, offset, days):
            given += 1
            yield start


def falls(rule: dict[str, Any], first: datetime, offset: int, days: list[int]) -> bool:
    step = int(rule.get("INTERVAL", 1))
    if rule["FREQ"] == "DAILY":
        return offset % step == 0
    week = (first.weekday() + offset) // 7
    return (first.weekday() + offset) % 7 in days and week % step == 0


def parsed(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.removeprefix("RRULE:").split(";"))
