"""A remote calendar whose answers are read with suspicion (SYNC-6).

Providers change their interfaces. An answer that cannot be read as we know it is neither trouble that passes
nor a sign that anything was deleted: the link stops and says so.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vetagenda_calendar_sync.engine.actions import Insert, Patch
from vetagenda_calendar_sync.engine.ports import Page, RemoteCalendar, UnknownShape
from vetagenda_calendar_sync.engine.state import Occurrence, Seen, Stamp

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError)


@contextmanager
def read_as_known(side: str) -> Iterator[None]:
    """Raises UnknownShape for what reading an answer of another form raises."""
    try:
        yield
    except UNREADABLE as error:
        raise UnknownShape(side) from error


@dataclass(frozen=True)
class CheckedCalendar:
    """Implements `RemoteCalendar` around another one."""

    inner: RemoteCalendar

    @property
    def shape(self) -> Any:
        return self.inner.shape

    async def pages(self, cursor: str | None, since: datetime) -> AsyncIterator[Page]:
        with read_as_known("remote"):
            async for page in self.inner.pages(cursor, since):
                yield page

    async def get(self, event_id: str) -> Seen | None:
        with read_as_known("remote"):
            return await self.inner.get(event_id)

    async def insert(self, event_id: str, order: Insert, stamp: Stamp) -> Seen:
        with read_as_known("remote"):
            return await self.inner.insert(event_id, order, stamp)

    async def patch(self, event_id: str, order: Patch, stamp: Stamp) -> Seen:
        with read_as_known("remote"):
            return await self.inner.patch(event_id, order, stamp)

    async def delete(self, event_id: str) -> None:
        with read_as_known("remote"):
            await self.inner.delete(event_id)

    async def occurrences(self, event_id: str, begin: datetime, end: datetime) -> list[Occurrence]:
        with read_as_known("remote"):
            return await self.inner.occurrences(event_id, begin, end)
