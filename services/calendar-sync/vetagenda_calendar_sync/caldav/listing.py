"""What changed in a calendar: by sync-collection (RFC 6578) where there is one, else by ctag and etags.

A cursor says which of the two it belongs to: `sync <token>`, or `etags <json>` with the ctag and the etag of
every resource.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from vetagenda_calendar_sync.caldav.collection import Collection, Item
from vetagenda_calendar_sync.caldav.multistatus import (
    CTAG,
    DAV,
    SYNC_TOKEN,
    Multistatus,
    Response,
    calendar_query,
    sync_collection,
)
from vetagenda_calendar_sync.engine.ports import CursorExpired, RemoteRefusal

SYNC, ETAGS = "sync ", "etags "
REPORTS = f"{DAV}supported-report-set"
TOO_MANY = 507
NO_QUERY = frozenset({400, 403, 405, 409, 415, 501, TOO_MANY})


@dataclass(frozen=True)
class Part:
    """`cursor` None: more follows."""

    items: list[Item]
    cursor: str | None


@dataclass(frozen=True)
class Listing:
    collection: Collection

    async def parts(self, cursor: str | None, since: datetime) -> AsyncIterator[Part]:
        """Raises CursorExpired, CalendarGone."""
        if cursor is None:
            yield await self._all(since)
        elif cursor.startswith(SYNC):
            async for part in self._synced(cursor.removeprefix(SYNC)):
                yield part
        elif cursor.startswith(ETAGS):
            yield await self._compared(*json.loads(cursor.removeprefix(ETAGS)))
        else:
            raise CursorExpired

    async def _all(self, since: datetime) -> Part:
        """The cursor is taken before the list: what changes in between is told twice, never missed."""
        has = await self.collection.properties(SYNC_TOKEN, CTAG, REPORTS)
        token = has.text(SYNC_TOKEN) if _can_sync(has) else ""
        etags = {} if token else await self.collection.etags()
        cursor = SYNC + token if token else _cursor(has.text(CTAG), etags)
        return Part(await self._queried(since), cursor)

    async def _queried(self, since: datetime) -> list[Item]:
        try:
            found = await self.collection.report(calendar_query(since), "1")
        except RemoteRefusal as refusal:
            if refusal.status not in NO_QUERY:
                raise
            return await self._everything()
        if is_cut(found):
            return await self._everything()
        return await self._completed(self.collection.items(found.responses))

    async def _everything(self) -> list[Item]:
        return await self._completed([Item(each) for each in await self.collection.etags()])

    async def _completed(self, items: list[Item]) -> list[Item]:
        """Those that came without their text are asked for it."""
        bare = [item.id for item in items if not (item.text or item.is_gone)]
        return [item for item in items if item.text or item.is_gone] + await self.collection.many(bare)

    async def _synced(self, token: str) -> AsyncIterator[Part]:
        items: list[Item] = []
        was_cut = False
        while True:
            found = await self._sync(token)
            items += await self._completed(self.collection.items(_members(found)))
            if not is_cut(found):
                break
            if found.sync_token in ("", token):
                raise CursorExpired
            token, was_cut = found.sync_token, True
        if was_cut:
            await self._verify(items)
        yield Part(items, SYNC + (found.sync_token or token))

    async def _sync(self, token: str) -> Multistatus:
        try:
            return await self.collection.report(sync_collection(token), "0")
        except RemoteRefusal as refusal:
            if refusal.reason == "valid-sync-token" or refusal.status in (410, 412):
                raise CursorExpired from refusal
            raise

    async def _verify(self, items: list[Item]) -> None:
        """Servers lose items where they cut an answer: the parts must add up to what is there now."""
        there = await self.collection.etags()
        last = {item.id: item for item in items}
        for each in last.values():
            if there.get(each.id, "") != ("" if each.is_gone else each.etag):
                raise CursorExpired

    async def _compared(self, ctag: str, before: dict[str, str]) -> Part:
        now = (await self.collection.properties(CTAG)).text(CTAG)
        if now and now == ctag:
            return Part([], _cursor(ctag, before))
        etags = await self.collection.etags()
        changed = [each for each, etag in etags.items() if before.get(each) != etag]
        gone = [Item(each, is_gone=True) for each in before if each not in etags]
        return Part(gone + await self.collection.many(changed), _cursor(now, etags))


def _cursor(ctag: str, etags: dict[str, str]) -> str:
    return ETAGS + json.dumps([ctag, etags], separators=(",", ":"))


def _can_sync(has: Response) -> bool:
    """A server that lists its reports has to list this one; some have the token and list nothing."""
    reports = has.props.get(REPORTS)
    if reports is None or not len(reports):
        return True
    return any(each.tag == f"{DAV}sync-collection" for each in reports.iter())


def is_cut(found: Multistatus) -> bool:
    return any(each.status == TOO_MANY for each in found.responses)


def _members(found: Multistatus) -> list[Response]:
    return [each for each in found.responses if each.status != TOO_MANY]
