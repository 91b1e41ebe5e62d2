"""One CalDAV calendar behind the engine's port."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vetagenda_calendar_sync.caldav.client import Answer
from vetagenda_calendar_sync.caldav.collection import DONE, GONE, Collection, Item, strong
from vetagenda_calendar_sync.caldav.listing import Listing
from vetagenda_calendar_sync.caldav.occurrences import occurrences_of
from vetagenda_calendar_sync.caldav.parsing import Unreadable
from vetagenda_calendar_sync.caldav.resources import seen_of
from vetagenda_calendar_sync.caldav.writing import ALL, Order, new_text, patched_text
from vetagenda_calendar_sync.engine.actions import Insert, Patch
from vetagenda_calendar_sync.engine.ports import Moved, Page, RemoteRefusal, Taken
from vetagenda_calendar_sync.engine.state import Occurrence, Seen, Stamp
from vetagenda_calendar_sync.mapping.zone import Zone
from vetagenda_kit.clock import system_now

OF_THIS_EVENT = frozenset({400, 413, 415, 422, 507})


@dataclass(frozen=True)
class CalDavCalendar:
    """Implements `RemoteCalendar`."""

    collection: Collection
    zone: Zone

    @property
    def shape(self) -> Any:
        return {"caldav": 1}

    async def pages(self, cursor: str | None, since: datetime) -> AsyncIterator[Page]:
        async for part in Listing(self.collection).parts(cursor, since):
            last = {item.id: item for item in part.items}  # parts of an answer may name one twice
            seen = [self._listed(item) for item in last.values()]
            yield Page([each for each in seen if each is not None], part.cursor)

    def _listed(self, item: Item) -> Seen | None:
        """None for what is no event."""
        if item.is_gone:
            return Seen(item.id, "", is_deleted=True)
        return seen_of(item.id, item.etag, item.text, self.zone)

    async def get(self, event_id: str) -> Seen | None:
        held = await self.collection.get(event_id)
        if held is None:
            return None
        return seen_of(event_id, await self._etag(event_id, held), held.text, self.zone)

    async def _etag(self, event_id: str, held: Answer) -> str:
        """Of a server that says it in lists only, asked there; a change in between is seen next time."""
        if etag := strong(held.headers.get("etag", "")):
            return etag
        found = await self.collection.many([event_id])
        return found[0].etag if found else ""

    async def insert(self, event_id: str, order: Insert, stamp: Stamp) -> Seen:
        text = new_text(event_id, Order(order.event, ALL, stamp, self.zone, system_now()))
        answer = await self.collection.put(event_id, text, {"If-None-Match": "*"})
        if answer.status == 412:
            raise Taken
        return await self._echo(event_id, text, answer)

    async def patch(self, event_id: str, order: Patch, stamp: Stamp) -> Seen:
        """Read, change what is ours, write back if it is still what was read."""
        held = await self.collection.get(event_id)
        if held is None or await self._etag(event_id, held) != order.if_match:
            raise Moved
        try:
            wanted = Order(order.event, order.names, stamp, self.zone, system_now())
            text = patched_text(held.text, wanted)
        except (Unreadable, ValueError):
            raise RemoteRefusal(400, "unreadable") from None
        return await self._echo(event_id, text, await self._replaced(event_id, text, held, order.if_match))

    async def _replaced(self, event_id: str, text: str, held: Answer, etag: str) -> Answer:
        """With the etag as the server spelt it; a weak one never matches (RFC 9110, 13.1.1), so that what is
        behind the weakening gets its own."""
        for spelling in dict.fromkeys([held.headers.get("etag") or etag, etag]):
            answer = await self.collection.put(event_id, text, {"If-Match": spelling})
            if answer.status != 412:
                break
        if answer.status == 412 or answer.status in GONE:
            raise Moved
        return answer

    async def _echo(self, event_id: str, text: str, answer: Answer) -> Seen:
        """What the server made of it. A strong etag in the answer promises that nothing was altered
        (RFC 4791, 5.3.4); otherwise it is read again."""
        if answer.status not in DONE:
            raise _refusal(answer)
        etag = answer.headers.get("etag", "")
        if etag and not etag.startswith("W/"):
            seen = seen_of(event_id, etag, text, self.zone)
        else:
            seen = await self.get(event_id)
        if seen is None:
            raise Moved
        return seen

    async def delete(self, event_id: str) -> None:
        await self.collection.delete(event_id)

    async def occurrences(self, event_id: str, begin: datetime, end: datetime) -> list[Occurrence]:
        """Raises RemoteRefusal for a series that cannot be expanded."""
        held = await self.collection.get(event_id)
        try:
            return [] if held is None else occurrences_of(held.text, self.zone, begin, end)
        except Unreadable:
            raise RemoteRefusal(400, "unreadable") from None


def _refusal(answer: Answer) -> RemoteRefusal:
    """What the server holds against this one event is no trouble of the link's: to the engine, 400."""
    refusal = answer.refusal()
    if answer.status in OF_THIS_EVENT or refusal.reason != "refused":
        return RemoteRefusal(400, refusal.reason)
    return refusal
