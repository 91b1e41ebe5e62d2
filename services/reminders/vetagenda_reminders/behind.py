"""What has changed elsewhere and is not planned for yet: taken in batches, asked about, planned."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import ReadSession
from vetagenda_kit.service import Service
from vetagenda_reminders.tables import Behind

BATCH = 100
Plan = Callable[[Service, UUID, list[UUID]], Awaitable[None]]
"""Plans for some subjects of a practice. Raises ServiceUnavailable when the agenda is away: all waits."""


async def plan_all(service: Service, table: type[Behind], plan: Plan) -> set[UUID]:
    """All that are behind. Their practices."""
    touched: set[UUID] = set()
    while practices := await _plan_batch(service, _changed(table, system_now()), plan):
        touched |= practices
    return touched


async def plan_practice(service: Service, table: type[Behind], practice_id: UUID, plan: Plan) -> None:
    await _plan_batch(service, _changed(table, system_now(), practice_id), plan)


async def is_behind(session: ReadSession, table: type[Behind], practice_id: UUID) -> bool:
    return (await session.scalars(_changed(table, system_now(), practice_id).limit(1))).first() is not None


def _changed(table: type[Behind], now: datetime, practice_id: UUID | None = None) -> Select[Any]:
    """Those that are behind; of one practice all of them, at once."""
    query = select(table).where(col(table.dirty)).order_by(col(table.retry_at))
    if practice_id is not None:
        return query.where(col(table.practice_id) == practice_id)
    return query.where(col(table.retry_at) <= now)


async def _plan_batch(service: Service, changed: Select[Any], plan: Plan) -> set[UUID]:
    batches: dict[UUID, list[UUID]] = defaultdict(list)
    async with service.db.jobs_writing() as session:
        for row in await session.scalars(changed.limit(BATCH).with_for_update(skip_locked=True)):
            row.retry_at = system_now() + service.settings.planning_lease
            batches[row.practice_id].append(row.subject_id)
    for practice_id, ids in batches.items():
        await plan(service, practice_id, ids)
    return set(batches)
