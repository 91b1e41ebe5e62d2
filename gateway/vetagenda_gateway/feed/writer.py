"""Writes the feed: what the followers of all streams bring, in few transactions.

A transaction costs ten times what one more event in it does. So what comes when nothing was written lately is
written at once, and in a busy feed events gather for a moment.
"""

import asyncio
import heapq
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from asyncpg import DataError

from vetagenda_gateway.feed import commands
from vetagenda_gateway.feed.commands import Message
from vetagenda_kit.logs import logger
from vetagenda_kit.own_connection import OwnConnection

PAUSE_SECONDS = 0.1
FULL = 256
log = logger("feed")


@dataclass(frozen=True)
class Arrival:
    """One place of a stream. `message` is None when what lies there is no event of ours."""

    stream: str
    sequence: int
    published_at: datetime
    message: Message | None


class Writer:
    """The followers `begin` a stream and `bring` what comes; `run` writes it.

    On the connection that holds the leader's lock: who has lost that cannot write any more.
    """

    def __init__(self, connection: OwnConnection) -> None:
        self._connection = connection
        self._reached: dict[str, int] = {}
        self._brought: list[Arrival] = []
        self._news, self._full, self._empty = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._writing = asyncio.Lock()
        self._wrote_at = -PAUSE_SECONDS

    async def begin(self, stream: str, created_at: datetime) -> int:
        """Where to read on in a stream, from what is committed: what was brought of it and is not written yet
        is to be brought again."""
        async with self._writing:
            self._brought = [each for each in self._brought if each.stream != stream]
            self._reached[stream] = await commands.begin_at(self._connection, stream, created_at)
            return self._reached[stream]

    def bring(self, arrivals: Sequence[Arrival]) -> None:
        """What came next in a stream."""
        self._brought += arrivals
        if self._brought:
            self._empty.clear()
            self._news.set()
        if len(self._brought) >= FULL:
            self._full.set()

    async def all_written(self) -> None:
        """Returns when nothing brought is left to be written: who reads no faster needs no great memory."""
        await self._empty.wait()

    async def run(self) -> None:
        """Raises PositionTaken when another gateway leads, and what the database refuses: the streams must
        then begin anew."""
        while True:
            await self._gather()
            async with self._writing:
                await self._write_brought()
            self._wrote_at = time.monotonic()

    async def _gather(self) -> None:
        await self._news.wait()
        try:
            async with asyncio.timeout(self._wrote_at + PAUSE_SECONDS - time.monotonic()):
                await self._full.wait()
        except TimeoutError:
            return

    async def _write_brought(self) -> None:
        brought, self._brought = in_order(self._brought), []
        self._news.clear()
        self._full.clear()
        try:
            if brought:
                await self._write(brought)
        except DataError:
            await self._write_one_by_one(brought)
        if not self._brought:
            self._empty.set()

    async def _write(self, arrivals: Sequence[Arrival]) -> None:
        reached = {each.stream: each.sequence for each in arrivals}
        read = {stream: (self._reached[stream], sequence) for stream, sequence in reached.items()}
        await commands.append(self._connection, [each.message for each in arrivals if each.message], read)
        self._reached |= reached

    async def _write_one_by_one(self, arrivals: Iterable[Arrival]) -> None:
        """What no database takes (a NUL in a text) must not stop the feed: it alone is passed over."""
        for arrival in arrivals:
            try:
                await self._write([arrival])
            except DataError:
                log.error("feed_passes_over", stream=arrival.stream, sequence=arrival.sequence)
                await self._write([replace(arrival, message=None)])


def in_order(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """By the moment of their publication, without changing the order of any one stream."""
    streams: dict[str, list[Arrival]] = {}
    for each in arrivals:
        streams.setdefault(each.stream, []).append(each)
    return list(heapq.merge(*streams.values(), key=lambda each: each.published_at))
