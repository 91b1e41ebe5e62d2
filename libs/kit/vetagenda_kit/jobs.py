"""Periodic work, and what makes a virtual practice's time pass."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from vetagenda_kit.db import is_away
from vetagenda_kit.logs import logger
from vetagenda_kit.problems import ServiceUnavailable

log = logger("jobs")


WORKERS = 2
"""In one process: while one asks, the other writes."""


async def side_by_side(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Workers that claim their batches from one queue, until it is empty. Raises what the first of them
    raised, when all have come to their end: none is cut off in the middle of a batch."""
    ended = await asyncio.gather(*(work() for _ in range(WORKERS)), return_exceptions=True)
    for failure in filter(None, ended):
        raise failure


@dataclass(frozen=True)
class Job:
    """`run(service)` is called every `every`, never twice at once; live practices only."""

    name: str
    every: timedelta
    run: Callable[[Any], Awaitable[Any]]

    async def loop(self, service: Any) -> None:
        while True:
            try:
                await self.run(service)
            except Exception as error:
                away = isinstance(error, ServiceUnavailable) or is_away(error)
                tell = log.warning if away else log.exception
                tell("job_failed", job=self.name, error=type(error).__name__)
            await asyncio.sleep(self.every.total_seconds())


async def _nothing_due(_service: Any, _practice_id: UUID) -> datetime | None:
    return None


async def _nothing_ran(_service: Any, _practice_id: UUID, _until: datetime) -> list[str]:
    return []


@dataclass(frozen=True)
class VirtualTime:
    """How a service takes part in a test practice's clock.

    `next_due` is the earliest instant at which it has something to do for that practice; `run_due` does
    all that is due at `until` and says what it did, a line each, with ids only.
    """

    next_due: Callable[[Any, UUID], Awaitable[datetime | None]] = field(default=_nothing_due)
    run_due: Callable[[Any, UUID, datetime], Awaitable[list[str]]] = field(default=_nothing_ran)
