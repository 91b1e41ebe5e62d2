"""One Google calendar: its events, their etags and tombstones, and the order in which they changed."""

import base64
import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from peers.google.refusal import Refusal, bad_request, deleted, not_found, stale, taken
from peers.google.schema import check

Resource = dict[str, Any]
ID = re.compile(r"[a-v0-9]{5,1024}")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
OWN = {"id", "etag", "kind", "created", "updated", "iCalUID", "creator", "organizer", "htmlLink", "eventType"}


def instant(when: Resource, zone: str) -> datetime:
    """A start or an end as an instant: an all-day date counts from midnight in the calendar's zone."""
    if "date" in when:
        return datetime.fromisoformat(when["date"]).replace(tzinfo=ZoneInfo(zone))
    value = datetime.fromisoformat(when["dateTime"])
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(when.get("timeZone", zone)))


class Calendar:
    """All methods are safe from any thread and raise `Refusal` like the real service.

    `changes` maps event id to the number of its last change, oldest first; a sync token is such a number.
    """

    def __init__(self, id: str, owner: str, summary: str = "", zone: str = "Europe/Paris") -> None:
        self.id, self.owner, self.summary, self.zone = id, owner, summary or id, zone
        self.events: dict[str, Resource] = {}
        self.changes: dict[str, int] = {}
        self.last_change = 0
        self.oldest_token = 0
        self.page_limit = 2500
        self.queries: set[tuple[int, str]] = set()
        self.rewrite: Callable[[Resource], None] | None = None  # what this server does to what it stores
        self.changed: Callable[[Calendar], None] | None = None
        self.is_of_an_app = False
        self.shared_with: set[str] = set()
        self.has_empty_pages = False
        self.guard = threading.RLock()

    def resource(self) -> Resource:
        own = {"kind": "calendar#calendar", "id": self.id, "summary": self.summary, "timeZone": self.zone}
        return own if self.id == self.owner else own | {"dataOwner": self.owner}

    def entry(self, account: str) -> Resource:
        """As the list of that person's calendars has it."""
        role = "owner" if account == self.owner else "writer"
        entry = {**self.resource(), "kind": "calendar#calendarListEntry", "accessRole": role}
        return entry | ({"primary": True} if self.id == account else {})

    def insert(self, body: Resource, creator: str | None = None) -> Resource:
        check("Event", body)
        with self.guard:
            id = body.get("id") or self.invent_id()
            if not ID.fullmatch(id):
                raise bad_request("Invalid resource id value.")
            if id in self.events:  # a deleted one keeps its id as well
                raise taken()
            event = {**body, "id": id, "iCalUID": f"{id}@google.com", "kind": "calendar#event"}
            event |= {"creator": {"email": creator or self.owner}, "eventType": "default", "sequence": 0}
            event.setdefault("status", "confirmed")
            return self.store(event)

    def get(self, id: str) -> Resource:
        with self.guard:
            if id not in self.events:
                raise not_found()
            return json_copy(self.events[id])

    def patch(self, id: str, body: Resource, if_match: str | None = None) -> Resource:
        with self.guard:
            event = self.open_for_writing(id, if_match)
            check("Event", body)
            return self.store(merged(event, {k: v for k, v in body.items() if k not in OWN}))

    def update(self, id: str, body: Resource, if_match: str | None = None) -> Resource:
        with self.guard:
            event = self.open_for_writing(id, if_match)
            check("Event", body)
            kept = {k: v for k, v in event.items() if k in OWN or k == "sequence"}
            return self.store({**body, **kept, "status": body.get("status", "confirmed")})

    def delete(self, id: str, if_match: str | None = None) -> None:
        with self.guard:
            if self.get(id)["status"] == "cancelled":
                raise deleted()
            event = self.open_for_writing(id, if_match)
            self.store({**event, "status": "cancelled"})

    def open_for_writing(self, id: str, if_match: str | None) -> Resource:
        event = self.get(id)
        if if_match not in (None, "*", event["etag"]):
            raise stale()
        if event["status"] == "cancelled":
            raise Refusal(403, "forbidden", "The event has been deleted.")
        return event

    def restore(self, id: str) -> Resource:
        """What a person does in Google's bin: the same event lives again."""
        with self.guard:
            return self.store({**self.get(id), "status": "confirmed"})

    def store(self, event: Resource) -> Resource:
        if event["status"] != "cancelled":
            self.check_times(event)
        if self.rewrite:
            self.rewrite(event)
        self.last_change += 1
        stamp = (EPOCH + timedelta(seconds=self.last_change)).isoformat().replace("+00:00", ".000Z")
        event |= {"etag": f'"{self.last_change:016d}"', "updated": stamp}
        event.setdefault("created", stamp)
        event["sequence"] = event.get("sequence", 0)
        self.events[event["id"]] = json_copy(event)
        self.changes.pop(event["id"], None)
        self.changes[event["id"]] = self.last_change
        if self.changed:
            self.changed(self)
        return json_copy(event)

    def check_times(self, event: Resource) -> None:
        start, end = event.get("start"), event.get("end")
        if not start or not end:
            raise Refusal(400, "required", "Missing start or end time.")
        if ("date" in start) != ("date" in end):
            raise bad_request("Start and end must both be dates or both be times.")
        for when in (start, end):
            if "dateTime" in when and "timeZone" not in when:
                if datetime.fromisoformat(when["dateTime"]).tzinfo is None:
                    raise bad_request("A dateTime without an offset needs a timeZone.")
                if event.get("recurrence"):
                    raise Refusal(400, "required", "Missing time zone of a recurring event.")
        if instant(end, self.zone) < instant(start, self.zone):
            raise Refusal(400, "timeRangeEmpty", "The specified time range is empty.")

    def invent_id(self) -> str:
        number = f"{self.id}/{len(self.events)}/{self.last_change}".encode()
        return base64.b32hexencode(number).decode().strip("=").lower()[:1024]

    def live(self) -> list[Resource]:
        """What a person sees: the events that are not deleted."""
        with self.guard:
            return [json_copy(event) for event in self.events.values() if event["status"] != "cancelled"]

    def expire_tokens(self) -> None:
        """From now on every sync token given so far answers 410."""
        with self.guard:
            self.oldest_token = self.last_change = self.last_change + 1

    def forget_tombstones(self) -> None:
        """Deleted events "eventually disappear": they leave the lists, but their ids stay taken."""
        with self.guard:
            for id, event in self.events.items():
                if event["status"] == "cancelled":
                    self.changes.pop(id, None)


def json_copy(value: Resource) -> Resource:
    copy: Resource = json.loads(json.dumps(value))
    return copy


def merged(old: Resource, new: Resource) -> Resource:
    """PATCH semantics: objects are merged field by field, null removes, lists are replaced."""
    result = dict(old)
    for name, value in new.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result
