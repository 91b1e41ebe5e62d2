"""`events.instances` for the rules that people type on a phone: daily, weekly on days, with an end."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from peers.google.calendar import Calendar, Resource, instant, json_copy
from peers.google.refusal import not_found

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
LONGEST = 2000


def instances(calendar: Calendar, id: str, query: dict[str, str]) -> Resource:
    """Those that lie in [timeMin, timeMax) now, moved and (with showDeleted) cancelled ones included, by
    start, in pages."""
    with calendar.guard:
        series = calendar.get(id)
        if series["status"] == "cancelled" or not series.get("recurrence"):
            raise not_found()
        kept = {e["id"]: e for e in calendar.events.values() if e.get("recurringEventId") == id}
        plain = [item for item in expanded(calendar, series, query) if item["id"] not in kept]
        with_deleted = query.get("showDeleted") == "true"
        own = [item for item in kept.values() if with_deleted or item["status"] != "cancelled"]
        items = plain + [json_copy(item) for item in own if lies_within(calendar, item, query)]
        items.sort(key=lambda item: instant(item["start"], calendar.zone))
        return page(calendar, items, query)


def page(calendar: Calendar, items: list[Resource], query: dict[str, str]) -> Resource:
    begin = int(query.get("pageToken", "0"))
    end = begin + min(int(query.get("maxResults", "250")), 2500, calendar.page_limit)
    answer = {"kind": "calendar#events", "timeZone": calendar.zone, "items": items[begin:end]}
    return answer | ({"nextPageToken": str(end)} if end < len(items) else {})


def lies_within(calendar: Calendar, item: Resource, query: dict[str, str]) -> bool:
    since, until = window(query)
    start, end = (instant(item[side], calendar.zone) for side in ("start", "end"))
    return (since is None or end > since) and (until is None or start < until)


def window(query: dict[str, str]) -> tuple[datetime | None, datetime | None]:
    since, until = (datetime.fromisoformat(query[n]) if n in query else None for n in ("timeMin", "timeMax"))
    return since, until


def expanded(calendar: Calendar, series: Resource, query: dict[str, str]) -> Iterator[Resource]:
    """By the rule alone. The length is kept on the wall clock: a whole day stays one when clocks change."""
    since, until = window(query)
    length = elapsed(calendar, series)
    for start in starts(calendar, series):
        if until and start >= until:
            return
        if since is None or start + length > since:
            yield instance(series, start, length)


def elapsed(calendar: Calendar, series: Resource) -> timedelta:
    if "date" in series["start"]:
        first, last = (date.fromisoformat(series[side]["date"]) for side in ("start", "end"))
        return last - first
    return instant(series["end"], calendar.zone) - instant(series["start"], calendar.zone)


def occurrence(calendar: Calendar, id: str, start: datetime) -> Resource:
    """The one that was to begin then: an event of its own once somebody has changed it."""
    series = calendar.get(id)
    one = instance(series, start.astimezone(ZoneInfo(calendar.zone)), elapsed(calendar, series))
    kept: Resource = calendar.events.get(one["id"], one)
    return json_copy(kept)


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
    left_out = {when for line in series["recurrence"][1:] for when in excluded(line, zone)}
    for offset in count():
        start = (first.replace(tzinfo=None) + timedelta(days=offset)).replace(tzinfo=zone)
        if given >= int(rule.get("COUNT", LONGEST)) or offset > LONGEST:
            return
        if last and start > (last if last.tzinfo else last.replace(tzinfo=UTC)):
            return
        if falls(rule, first, offset, days):
            given += 1
            if start not in left_out:
                yield start


def excluded(line: str, zone: ZoneInfo) -> Iterator[datetime]:
    """`EXDATE;TZID=Europe/Paris:20261204T120000,20261211T120000` (RFC 5545, 3.8.5.1)."""
    name, _, values = line.partition(":")
    if name.startswith("EXDATE"):
        for value in values.split(","):
            yield datetime.fromisoformat(value.rstrip("Z")).replace(
                tzinfo=UTC if value.endswith("Z") else zone
            )


def falls(rule: dict[str, Any], first: datetime, offset: int, days: list[int]) -> bool:
    step = int(rule.get("INTERVAL", 1))
    if rule["FREQ"] == "DAILY":
        return offset % step == 0
    week = (first.weekday() + offset) // 7
    return (first.weekday() + offset) % 7 in days and week % step == 0


def parsed(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.removeprefix("RRULE:").split(";"))
