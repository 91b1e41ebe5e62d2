"""Runs the cycles that are due, many links side by side: one that is slow delays no other."""

import asyncio
from datetime import timedelta
from uuid import UUID

from vetagenda_calendar_sync.cycle import lease
from vetagenda_calendar_sync.cycle.run import run
from vetagenda_calendar_sync.links.commands import WAKE
from vetagenda_kit.db import WriteSession, is_away
from vetagenda_kit.jobs import Job
from vetagenda_kit.logs import logger
from vetagenda_kit.service import Service

LOOK_EVERY = timedelta(seconds=2)
log = logger("calendar-sync")


class Cycles:
    """The runner of one app. `sync now` wakes it; otherwise it looks every two seconds."""

    def __init__(self) -> None:
        self._wanted = asyncio.Event()
        self._running: set[UUID] = set()

    def job(self) -> Job:
        return Job("cycles", timedelta(seconds=1), self.run)

    async def listen(self, service: Service) -> None:
        """Called at the start of the app: a committed request for a cycle wakes the runner."""

        def wake(session: WriteSession) -> None:
            if session.info.get(WAKE):
                self._wanted.set()

        service.db.after_commit.append(wake)

    async def run(self, service: Service) -> None:
        """Until cancelled; what is running then is cancelled with it and finished by a later cycle."""
        async with asyncio.TaskGroup() as group:
            while True:
                room = service.settings.concurrent_cycles - len(self._running)
                for link_id in await lease.due(service.db, max(room, 0)):
                    if link_id not in self._running:
                        self._running.add(link_id)
                        group.create_task(self._run_one(service, link_id))
                await self._sleep()

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY.total_seconds()):
                await self._wanted.wait()
        except TimeoutError:
            return
        self._wanted.clear()

    async def _run_one(self, service: Service, link_id: UUID) -> None:
        try:
            await run(service, link_id)
        except Exception as error:
            tell = log.warning if is_away(error) else log.exception
            tell("cycle_failed", link_id=str(link_id), error=type(error).__name__)
        finally:
            self._running.discard(link_id)
            self._wanted.set()  # somebody may have asked for one more meanwhile
