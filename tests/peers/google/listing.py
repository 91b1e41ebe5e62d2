"""`events.list`: pages, filters, sync tokens and their refusals."""

import base64
import json
from datetime import datetime
from typing import Any

from peers.google.calendar import Calendar, Resource, instant, json_copy
from peers.google.refusal import Refusal, bad_request

Query = dict[str, str]
NOT_WITH_TOKEN = {
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
}
NOT_PART_OF_SHAPE = {"pageToken", "syncToken", "alt", "prettyPrint", *NOT_WITH_TOKEN}


def list_events(calendar: Calendar, query: Query) -> Resource:
    """One page. `nextSyncToken` only on the last one; it stands for the state when the first was given."""
    with calendar.guard:
        since = token_of(calendar, query)
        page: dict[str, Any] = {"after": "", "top": calendar.last_change}
        if "pageToken" in query:
            page = opened(query["pageToken"])
        found = changed(calendar, since) if since is not None else everything(calendar, query)
        rest = [(key, event) for key, event in found if key > page["after"]]
        size = min(int(query.get("maxResults", "250")), 2500, calendar.page_limit)
        answer: Resource = {"kind": "calendar#events", "summary": calendar.summary, "timeZone": calendar.zone}
        if calendar.has_empty_pages and not page.get("is_full"):
            return answer | {"items": [], "nextPageToken": sealed({**page, "is_full": True})}
        answer["items"] = [event for _, event in rest[:size]]
        if len(rest) > size:
            after = rest[size - 1][0] if size else page["after"]
            return answer | {"nextPageToken": sealed({"after": after, "top": page["top"]})}
        calendar.queries.add((page["top"], shape(query)))
        return answer | {"nextSyncToken": sealed({"calendar": calendar.id, "top": page["top"]})}


def token_of(calendar: Calendar, query: Query) -> int | None:
    if "syncToken" not in query:
        return None
    if wrong := NOT_WITH_TOKEN & query.keys():
        raise bad_request(f"Sync token cannot be used with {sorted(wrong)}")
    if query.get("showDeleted") == "false":
        raise bad_request("showDeleted=false cannot be used with a sync token")
    token = opened(query["syncToken"])
    if token.get("calendar") != calendar.id or token["top"] < calendar.oldest_token:
        raise Refusal(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
    if (token["top"], shape(query)) not in calendar.queries:
        raise bad_request("other parameters than those of the initial request: undefined behaviour")
    return int(token["top"])


def changed(calendar: Calendar, since: int) -> list[tuple[str, Resource]]:
    """Deleted events guarantee only their id."""
    moved = [(number, id) for id, number in calendar.changes.items() if number > since]
    return [(f"{number:016d}", visible(calendar.events[id])) for number, id in sorted(moved)]


def everything(calendar: Calendar, query: Query) -> list[tuple[str, Resource]]:
    with_deleted = query.get("showDeleted") == "true"
    chosen = [
        (id, visible(event))
        for id, event in sorted(calendar.events.items())
        if id in calendar.changes
        and (with_deleted or event["status"] != "cancelled")
        and within(calendar, event, query)
    ]
    return [(id, event) for id, event in chosen if has_property(event, query)]


def within(calendar: Calendar, event: Resource, query: Query) -> bool:
    since, until = query.get("timeMin"), query.get("timeMax")
    over = since and instant(event["end"], calendar.zone) <= datetime.fromisoformat(since)
    if over and not event.get("recurrence"):
        return False
    return not (until and instant(event["start"], calendar.zone) >= datetime.fromisoformat(until))


def has_property(event: Resource, query: Query) -> bool:
    if "privateExtendedProperty" not in query:
        return True
    name, value = query["privateExtendedProperty"].split("=", 1)
    return bool(event.get("extendedProperties", {}).get("private", {}).get(name) == value)


def visible(event: Resource) -> Resource:
    if event["status"] != "cancelled":
        return json_copy(event)
    bare = {name: event[name] for name in ("kind", "id", "etag", "status")}
    if "recurringEventId" in event:
        bare |= {name: event[name] for name in ("recurringEventId", "originalStartTime")}
    return bare


def shape(query: Query) -> str:
    return json.dumps({k: v for k, v in sorted(query.items()) if k not in NOT_PART_OF_SHAPE})


def sealed(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def opened(token: str) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        raise Refusal(410, "fullSyncRequired", "Invalid sync token value.") from None
    return value
