"""What a service forgets when its period has passed, by each practice's clock."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.jobs import Job, VirtualTime

ForgetSome = Callable[[WriteSession, UUID | None, datetime], Awaitable[bool]]


class Retention:
    """`forget_some(session, practice_id, before)` forgets some of what is older, of one test practice or of
    all live ones (None), and answers whether there may be more. `kept_for` is the period in the settings.

    It may run at any time and in several processes: what is past is looked for, not counted.
    """

    def __init__(self, forget_some: ForgetSome, kept_for: Callable[[Any], timedelta]) -> None:
        self._forget_some = forget_some
        self._kept_for = kept_for
        self._days: dict[UUID, date] = {}

    async def forget(self, service: Any, practice_id: UUID | None, now: datetime) -> None:
        """In small transactions."""
        before = now - self._kept_for(service.settings)
        there_is_more = True
        while there_is_more:
            async with service.db.jobs_writing() as session:
                there_is_more = await self._forget_some(session, practice_id, before)

    @property
    def job(self) -> Job:
        return Job("retention", timedelta(hours=1), self._of_live)

    def with_time(self, virtual_time: VirtualTime) -> VirtualTime:
        """Also when a test practice's clock moves: at the first question of each of its days, since it is
        asked at every minute at which any service has something to do."""

        async def run_due(service: Any, practice_id: UUID, until: datetime) -> list[str]:
            ran = await virtual_time.run_due(service, practice_id, until)
            if self._days.get(practice_id) != until.date():
                await self.forget(service, practice_id, until)
                self._days[practice_id] = until.date()
            return ran

        return VirtualTime(next_due=virtual_time.next_due, run_due=run_due)

    async def _of_live(self, service: Any) -> None:
        await self.forget(service, None, system_now())
