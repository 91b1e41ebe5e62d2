"""One calendar collection over WebDAV: what is in it, and single resources under the condition of an etag."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vetagenda_calendar_sync.caldav.client import Answer, DavClient
from vetagenda_calendar_sync.caldav.multistatus import (
    ETAG,
    Multistatus,
    Response,
    calendar_multiget,
    parse,
    propfind,
)
from vetagenda_calendar_sync.caldav.names import id_of, name_in, name_of
from vetagenda_calendar_sync.engine.ports import CalendarGone, RemoteRefusal, RemoteTrouble

BATCH = 100
GONE = frozenset({404, 410})
DONE = frozenset({200, 201, 204})


@dataclass(frozen=True)
class Item:
    """A resource as it is listed: without text it is only known to be there, `is_gone` that it is not."""

    id: str
    etag: str = ""
    text: str = ""
    is_gone: bool = False


@dataclass(frozen=True)
class Collection:
    """`url` ends with a slash."""

    client: DavClient
    url: str

    def address(self, event_id: str) -> str:
        return self.url + name_of(event_id)

    async def report(self, body: str, depth: str) -> Multistatus:
        """Raises CalendarGone, RemoteRefusal and what the client raises."""
        return await self._asked("REPORT", body, depth)

    async def properties(self, *names: str) -> Response:
        """Of the calendar itself."""
        found = await self._asked("PROPFIND", propfind(*names), "0")
        if not found.responses:
            raise RemoteTrouble("no properties")
        return found.responses[0]

    async def etags(self) -> dict[str, str]:
        """Of every resource: the listing that no server cuts short."""
        found = await self._asked("PROPFIND", propfind(ETAG), "1")
        if any(each.status == 507 for each in found.responses):
            raise RemoteTrouble("507")
        return {item.id: item.etag for item in self.items(found.responses) if not item.is_gone}

    async def many(self, event_ids: Sequence[str]) -> list[Item]:
        items: list[Item] = []
        for start in range(0, len(event_ids), BATCH):
            batch = [self.address(each) for each in event_ids[start : start + BATCH]]
            found = await self.report(calendar_multiget([_path(each) for each in batch]), "1")
            items += self.items(found.responses)
        return items

    def items(self, responses: Iterable[Response]) -> list[Item]:
        """Members only, not the calendar itself."""
        named = [(name_in(each.href, self.url), each) for each in responses]
        return [_item(name, each) for name, each in named if name is not None]

    async def get(self, event_id: str) -> Answer | None:
        """None when there is no such resource: an answer, never an error. With the etag that it has."""
        answer = await self.client.request("GET", self.address(event_id))
        if answer.status in GONE:
            return None
        if answer.status != 200:
            raise answer.refusal()
        return answer

    async def put(self, event_id: str, text: str, condition: dict[str, str]) -> Answer:
        headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
        return await self.client.request("PUT", self.address(event_id), text, headers)

    async def delete(self, event_id: str) -> None:
        answer = await self.client.request("DELETE", self.address(event_id))
        if answer.status not in DONE | GONE:
            raise answer.refusal()

    async def _asked(self, method: str, body: str, depth: str) -> Multistatus:
        answer = await self.client.request(method, self.url, body, {"Depth": depth})
        if answer.status in GONE:
            raise CalendarGone
        if answer.status != 207:
            raise answer.refusal()
        return parse(answer.body)


def _item(name: str, response: Response) -> Item:
    if response.status in GONE:
        return Item(id_of(name), is_gone=True)
    if response.status >= 400:
        raise RemoteRefusal(response.status, "refused")
    return Item(id_of(name), strong(response.text(ETAG)), response.data())


def strong(etag: str) -> str:
    """Something on the way (compression, a proxy) may have weakened it; it still names the same state."""
    return etag.strip().removeprefix("W/")


def _path(url: str) -> str:
    """As servers name resources: without the host."""
    return "/" + url.split("/", 3)[3]
