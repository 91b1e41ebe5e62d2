"""What a service forgets when its period has passed, by each practice's clock."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from vetagenda_kit.clock import system_now
from vetagenda_kit.jobs import Job, VirtualTime

Forget = Callable[[Any, UUID | None, datetime], Awaitable[None]]


class Retention:
    """`forget(service, practice_id, now)` forgets of one test practice, or of all live ones (None).

    It may be called at any time and by several processes: what is past is looked for, not counted.
    """

    def __init__(self, forget: Forget) -> None:
        self._forget = forget
        self._days: dict[UUID, date] = {}

    @property
    def job(self) -> Job:
        return Job("retention", timedelta(hours=1), self._of_live)

    def with_time(self, virtual_time: VirtualTime) -> VirtualTime:
        """Also when a test practice's clock moves: at the first question of each of its days, since it is
        asked at every minute at which any service has something to do."""

        async def run_due(service: Any, practice_id: UUID, until: datetime) -> list[str]:
            ran = await virtual_time.run_due(service, practice_id, until)
            if self._days.get(practice_id) != until.date():
                await self._forget(service, practice_id, until)
                self._days[practice_id] = until.date()
            return ran

        return VirtualTime(next_due=virtual_time.next_due, run_due=run_due)

    async def _of_live(self, service: Any) -> None:
        await self._forget(service, None, system_now())
