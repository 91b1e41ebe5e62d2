"""Time is asked here and nowhere else.

A live practice lives in real time. A test practice has a virtual clock that the agenda owns and that
stands still until somebody moves it; every service asks for it by the practice's id.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

VirtualTime = Callable[[UUID], Awaitable[datetime | None]]


def system_now() -> datetime:
    """Real time: for leases, tokens, logs and retention, never for what a practice sees."""
    return datetime.now(UTC)


class Clock:
    """`virtual_time` answers a test practice's instant, and None for a live practice."""

    def __init__(self, virtual_time: VirtualTime) -> None:
        self._virtual_time = virtual_time
        self._live: set[UUID] = set()

    async def virtual(self, practice_id: UUID) -> datetime | None:
        """The practice's virtual instant, None when it lives in real time (which never changes)."""
        if practice_id in self._live:
            return None
        instant = await self._virtual_time(practice_id)
        if instant is None:
            self._live.add(practice_id)
        return instant

    async def now(self, practice_id: UUID) -> datetime:
        return await self.virtual(practice_id) or system_now()
