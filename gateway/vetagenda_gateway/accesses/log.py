"""Every access by a key, noted in memory and written in batches: no request waits for it.

What a process that is killed had not written yet, a second's worth, is lost; one that is stopped writes it.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from vetagenda_gateway.tables import access_log
from vetagenda_kit import bulk
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, WriteSession, is_away
from vetagenda_kit.logs import logger
from vetagenda_kit.service import Service

EVERY = timedelta(seconds=1)
MOST_KEPT = 100_000
"""While the database is away: some 30 MB."""
BATCH = 2_000
log = logger("accesses")


@dataclass(frozen=True, slots=True)
class Access:
    """One request with a valid key to a practice that it reaches. `subjects` are the ids in its path."""

    practice_id: UUID
    at: datetime
    actor_kind: str
    actor_id: str
    method: str
    route: str
    subjects: tuple[UUID, ...]
    status: int
    request_id: str


class AccessLog:
    """`note` from the requests, `run` for as long as the gateway does."""

    def __init__(self, *, most_kept: int = MOST_KEPT, every: timedelta = EVERY) -> None:
        self._waiting: deque[Access] = deque()
        self._most_kept = most_kept
        self._every = every

    def note(self, access: Access) -> None:
        if len(self._waiting) >= self._most_kept:
            self._waiting.popleft()
            log.warning("accesses_forgotten", most_kept=self._most_kept)
        self._waiting.append(access)

    async def run(self, database: Database) -> None:
        try:
            while True:
                await self._store(database)
                await asyncio.sleep(self._every.total_seconds())
        finally:
            await self._store(database)

    async def _store(self, database: Database) -> None:
        """What cannot be written now is kept for the next time."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            try:
                async with database.jobs_writing() as session:
                    await bulk.insert(session, access_log.name, [_row(each) for each in batch])
            except BaseException as error:
                self._waiting.extendleft(reversed(batch))
                if is_away(error):
                    log.warning("accesses_wait", count=len(self._waiting))
                    return
                raise


def _row(access: Access) -> dict[str, Any]:
    return {name: getattr(access, name) for name in Access.__slots__}


async def forget_before(session: WriteSession, instant: datetime) -> None:
    await session.execute(delete(access_log).where(access_log.c.at < instant))


async def forget_old(service: Service) -> None:
    before = system_now() - timedelta(days=service.settings.access_log_retention_days)
    async with service.db.jobs_writing() as session:
        await forget_before(session, before)
