"""One Google calendar behind the engine's port, whatever carries the calls."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from vetagenda_calendar_sync.engine.actions import Insert, Patch
from vetagenda_calendar_sync.engine.ports import (
    CalendarGone,
    CursorExpired,
    Moved,
    Page,
    RemoteRefusal,
    Taken,
    UnknownShape,
)
from vetagenda_calendar_sync.engine.state import Occurrence, Seen, Stamp
from vetagenda_calendar_sync.google.events import Resource, as_patch, body_of, occurrence_of, seen_of
from vetagenda_calendar_sync.mapping.zone import Zone

ALL = frozenset({"summary", "period", "location", "notes", "block"})
PAGE_SIZE = 2500
SHAPE: dict[str, Any] = {"showDeleted": True, "singleEvents": False, "maxResults": PAGE_SIZE}


class Api(Protocol):
    async def call(
        self, method: str, parameters: Mapping[str, Any], *, body: Resource | None = None, etag: str = ""
    ) -> Resource:
        """One method of the `events` collection. Raises RemoteRefusal; anything else is trouble."""


@dataclass(frozen=True)
class GoogleCalendar:
    """Implements `RemoteCalendar`."""

    api: Api
    calendar_id: str
    zone: Zone

    @property
    def shape(self) -> Any:
        return SHAPE

    async def pages(self, cursor: str | None, since: datetime) -> AsyncIterator[Page]:
        query = SHAPE | ({"syncToken": cursor} if cursor else {"timeMin": utc(since)})
        while True:
            answer = await self._list(query)
            page = Page([seen_of(item, self.zone) for item in answer.get("items", [])], None)
            if "nextPageToken" not in answer:
                yield Page(page.seen, _given(answer, "nextSyncToken"))
                return
            yield page
            query = {**query, "pageToken": answer["nextPageToken"]}

    async def _list(self, query: Mapping[str, Any]) -> Resource:
        try:
            return await self._call("list", query)
        except RemoteRefusal as refusal:
            if refusal.status == 410:
                raise CursorExpired from refusal
            if refusal.status == 404:
                raise CalendarGone from refusal
            raise

    async def get(self, event_id: str) -> Seen | None:
        try:
            return self._seen(await self._call("get", {"eventId": event_id}))
        except RemoteRefusal as refusal:
            if refusal.status in (404, 410):
                return None
            raise

    async def insert(self, event_id: str, order: Insert, stamp: Stamp) -> Seen:
        body = body_of(order.event, ALL, stamp, self.zone) | {"id": event_id}
        try:
            return self._seen(await self._call("insert", {"sendUpdates": "none"}, body=body))
        except RemoteRefusal as refusal:
            if refusal.status == 409:
                raise Taken from refusal
            raise

    async def patch(self, event_id: str, order: Patch, stamp: Stamp) -> Seen:
        body = as_patch(body_of(order.event, order.names, stamp, self.zone))
        query = {"eventId": event_id, "sendUpdates": "none"}
        try:
            return self._seen(await self._call("patch", query, body=body, etag=order.if_match))
        except RemoteRefusal as refusal:
            if refusal.status in (404, 410, 412) or (refusal.status, refusal.reason) == (403, "forbidden"):
                raise Moved from refusal
            raise

    async def delete(self, event_id: str) -> None:
        try:
            await self._call("delete", {"eventId": event_id, "sendUpdates": "none"})
        except RemoteRefusal as refusal:
            if refusal.status not in (404, 410):
                raise

    async def occurrences(self, event_id: str, begin: datetime, end: datetime) -> list[Occurrence]:
        query = {"eventId": event_id, "timeMin": utc(begin), "timeMax": utc(end), "maxResults": PAGE_SIZE}
        items: list[Resource] = []
        while True:
            answer = await self._call("instances", query)
            items += answer.get("items", [])
            if "nextPageToken" not in answer:
                break
            query = {**query, "pageToken": answer["nextPageToken"]}
        return [occurrence_of(item, self.zone) for item in items if item.get("status") != "cancelled"]

    def _seen(self, answer: Resource) -> Seen:
        _given(answer, "id")
        return seen_of(answer, self.zone)

    async def _call(self, method: str, query: Mapping[str, Any], **more: Any) -> Resource:
        return await self.api.call(method, {"calendarId": self.calendar_id, **query}, **more)


def _given(answer: Resource, name: str) -> str:
    """A success without what it must hold promises nothing (I9). Raises UnknownShape."""
    if name not in answer:
        raise UnknownShape("remote")
    return str(answer[name])


def utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
