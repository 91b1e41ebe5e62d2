"""What a cycle needs of a provider: its calendar behind the engine's port, and what to keep afterwards."""

from typing import Protocol, runtime_checkable

from vetagenda_calendar_sync.engine.ports import RemoteCalendar
from vetagenda_calendar_sync.mapping.zone import Zone


class Connection(Protocol):
    """One link's connection for one cycle; calls one after the other. Close it after use."""

    @property
    def writes(self) -> int:
        """How many writes were sent."""

    @property
    def reads_back(self) -> bool:
        """Whether its cursors name states, so that what was written has to be read back under them."""

    def calendar(self, zone: Zone) -> RemoteCalendar: ...

    def renewed(self) -> bytes | None:
        """The credentials to store, encrypted, when this cycle has renewed them."""

    async def close(self) -> None: ...


@runtime_checkable
class Tended(Protocol):
    """A connection that has something of its own to look after when a cycle went well."""

    async def tend(self) -> None: ...
