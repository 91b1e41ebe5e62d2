"""What the engine needs of the world: a remote calendar, the agenda, and a memory that commits.

Answers that are no trouble but a different state are exceptions of their own; everything else that goes
wrong is trouble, and trouble never means that anything is gone.
"""

from typing import Protocol
from uuid import UUID

from vetagenda_calendar_sync.engine.actions import Change, Conflict, Insert, Patch, Plan
from vetagenda_calendar_sync.engine.state import Agenda, Seen, Stamp, Tracked
from vetagenda_calendar_sync.mapping.fields import Fields


class Taken(Exception):
    """The remote side has this id already, alive or deleted."""


class Moved(Exception):
    """Somebody changed or deleted it since it was read: read again, plan again."""


class Refused(Exception):
    """The other side will not have this, now or later. `code` is for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RemoteCalendar(Protocol):
    async def get(self, event_id: str) -> Seen | None: ...

    async def insert(self, event_id: str, order: Insert, stamp: Stamp) -> Seen:
        """Raises Taken."""

    async def patch(self, event_id: str, order: Patch, stamp: Stamp) -> Seen:
        """Raises Moved."""

    async def delete(self, event_id: str) -> None:
        """Gone already is as good."""


class AgendaOfLink(Protocol):
    async def read(self, appointment_id: UUID) -> Agenda | None: ...

    async def create(self, appointment_id: UUID, fields: Fields) -> Agenda:
        """Idempotent by id: an appointment that is there is answered as it is."""

    async def change(self, appointment_id: UUID, order: Change) -> Agenda:
        """Raises Moved, Refused."""

    async def cancel(self, appointment_id: UUID) -> Agenda:
        """Raises Refused. Cancelled already is as good."""


class Memory(Protocol):
    """`keep` commits before it returns; whatever was kept survives a crash at any later point."""

    async def keep(self, tracked: Tracked, conflicts: tuple[Conflict, ...] = ()) -> None: ...

    async def finish(self, tracked: Tracked, agenda: Agenda | None, done: Plan) -> None:
        """As `keep`, and the row is clean unless something new has been noted meanwhile."""
