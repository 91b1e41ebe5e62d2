"""One worker's batch: rows under one lease, by practice."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from vetagenda_kit.clock import system_now
from vetagenda_kit.service import Service
from vetagenda_reminders.ledger import commands
from vetagenda_reminders.tables import Reminder

BATCH = 200


def by_practice(rows: Iterable[Reminder]) -> dict[UUID, list[Reminder]]:
    batches: dict[UUID, list[Reminder]] = defaultdict(list)
    for row in rows:
        batches[row.practice_id].append(row)
    return batches


async def wait(service: Service, rows: Iterable[Reminder]) -> None:
    """Another service is away: as before, and looked at again later."""
    async with service.db.jobs_writing() as session:
        await commands.release(session, rows, system_now() + service.settings.retry_after)
