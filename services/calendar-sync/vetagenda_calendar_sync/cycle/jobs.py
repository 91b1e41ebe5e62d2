"""Runs the cycles that are due, many links side by side: one that is slow delays no other practice's."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from vetagenda_calendar_sync.cycle import lease
from vetagenda_calendar_sync.cycle.fairness import Waiting, choose
from vetagenda_calendar_sync.cycle.run import run
from vetagenda_calendar_sync.google.channels import ask_for_the_wanted
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
        self._running: dict[UUID, Waiting] = {}
        self._cut: set[UUID] = set()  # links with more to do than one turn had room for

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
                await ask_for_the_wanted(service.db)
                for each in await self._next(service):
                    self._running[each.link_id] = each
                    group.create_task(self._run_one(service, each.link_id))
                await self._sleep()

    async def _next(self, service: Service) -> list[Waiting]:
        places = service.settings.concurrent_cycles
        if len(self._running) >= places:
            return []
        due = await lease.due(service.db, places)
        free = [each for each in due if each.link_id not in self._running]
        known = [replace(each, is_slow=each.is_slow or each.link_id in self._cut) for each in free]
        return choose(known, self._running.values(), places)

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY.total_seconds()):
                await self._wanted.wait()
        except TimeoutError:
            return
        self._wanted.clear()

    async def _run_one(self, service: Service, link_id: UUID) -> None:
        try:
            outcome = await run(service, link_id)
            (self._cut.add if outcome and outcome.is_cut else self._cut.discard)(link_id)
        except Exception as error:
            tell = log.warning if is_away(error) else log.exception
            tell("cycle_failed", link_id=str(link_id), error=type(error).__name__)
        finally:
            self._running.pop(link_id, None)
            self._wanted.set()  # somebody may have asked for one more meanwhile
