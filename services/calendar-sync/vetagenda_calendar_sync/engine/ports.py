"""What the engine needs of the world: a remote calendar, the agenda, and a memory that commits.

Answers that are no trouble but a different state are exceptions of their own; everything else that goes
wrong is trouble, and trouble never means that anything is gone.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from vetagenda_calendar_sync.engine.actions import Change, Conflict, Create, Insert, Join, Patch, Plan
from vetagenda_calendar_sync.engine.state import Agenda, Occurrence, Seen, Stamp, Tracked


class Taken(Exception):
    """The remote side has this id already, alive or deleted."""


class Moved(Exception):
    """Somebody changed or deleted it since it was read: read again, plan again."""


class Refused(Exception):
    """The other side will not have this, now or later. `code` is for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RemoteRefusal(Exception):
    """The remote side's answer is an error. `status` as in HTTP, `reason` a code of the provider's."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status, self.reason = status, reason


class RemoteTrouble(Exception):
    """No answer, or one that promises nothing: the link waits and tries again. Never a deletion.
    `after_seconds` is what the other side has asked to wait at least."""

    def __init__(self, why: str = "", after_seconds: float = 0.0) -> None:
        super().__init__(why)
        self.after_seconds = after_seconds


class AccessWithdrawn(Exception):
    """The person took the access back, or it ended: somebody has to connect the link again."""


class UnknownShape(Exception):
    """An answer of `side` (remote or agenda) has another form than this release knows. Never a deletion."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.side = side


class CursorExpired(Exception):
    """The cursor is no longer valid: list everything, and forget nothing (R-410)."""


class CalendarGone(Exception):
    """The whole calendar is not there (any more) for this account."""


@dataclass(frozen=True)
class Page:
    """Some of what was listed; only the last page carries the next cursor."""

    seen: list[Seen]
    cursor: str | None


class RemoteCalendar(Protocol):
    """`shape` says what is asked for in a list: a cursor belongs to its question."""

    @property
    def shape(self) -> Any: ...

    def pages(self, cursor: str | None, since: datetime) -> AsyncIterator[Page]:
        """What changed since `cursor`, or without one everything that ends after `since`.

        Raises CursorExpired, CalendarGone."""

    async def get(self, event_id: str) -> Seen | None: ...

    async def insert(self, event_id: str, order: Insert, stamp: Stamp) -> Seen:
        """Raises Taken."""

    async def patch(self, event_id: str, order: Patch, stamp: Stamp) -> Seen:
        """Raises Moved."""

    async def delete(self, event_id: str) -> None:
        """Gone already is as good."""

    async def occurrences(self, event_id: str, begin: datetime, end: datetime) -> list[Occurrence]:
        """What of a series lies in [begin, end), by start; cancelled ones are not in it."""


class AgendaOfLink(Protocol):
    async def read(self, appointment_id: UUID) -> Agenda | None: ...

    async def create(self, appointment_id: UUID, order: Create) -> Agenda:
        """Idempotent by id: an appointment that is there is answered as it is."""

    async def change(self, appointment_id: UUID, order: Change) -> Agenda:
        """Raises Moved, Refused."""

    async def cancel(self, appointment_id: UUID) -> Agenda:
        """Raises Refused. Cancelled already is as good."""

    async def reinstate(self, appointment_id: UUID) -> Agenda:
        """Raises Refused. One that stands already is as good."""

    async def join(self, appointment_id: UUID, order: Join) -> Agenda:
        """Raises Refused. One that is there already is as good."""

    async def leave(self, appointment_id: UUID) -> Agenda:
        """Raises Refused. One that is not there, or nowhere else, is answered as it is."""


class Memory(Protocol):
    """`keep` commits before it returns; whatever was kept survives a crash at any later point."""

    async def keep(self, tracked: Tracked, conflicts: tuple[Conflict, ...] = ()) -> None: ...

    async def finish(self, tracked: Tracked, agenda: Agenda | None, done: Plan) -> None:
        """As `keep`, and the row is clean unless something new has been noted meanwhile."""
