"""The journal and the values that lost are kept for at least 90 days, then dropped (4.1)."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from vetagenda_calendar_sync.setup.tables import SetupOpening
from vetagenda_calendar_sync.tables import SyncConflict, SyncJournal
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.jobs import Job
from vetagenda_kit.service import Service

KEPT = timedelta(days=91)
OPENINGS_KEPT = timedelta(days=8)
BATCH = 5000


async def forget(db: Database) -> int:
    """How many rows went. In batches, so that no cycle waits for long."""
    ages = ((SyncJournal, SyncJournal.at, KEPT), (SyncConflict, SyncConflict.at, KEPT))
    gone = 0
    for table, at, age in (*ages, (SetupOpening, SetupOpening.opened_at, OPENINGS_KEPT)):
        while count := await _forget_some(db, table, at, age):
            gone += count
    return gone


async def _forget_some(db: Database, table: type, at: object, age: timedelta) -> int:
    identifier = col(table.id)  # type: ignore[attr-defined]
    old = select(identifier).where(col(at) < system_now() - age).limit(BATCH)
    async with db.jobs_writing() as session:
        rows = await session.execute(delete(table).where(identifier.in_(old)).returning(identifier))
        return len(rows.all())


async def _run(service: Service) -> None:
    await forget(service.db)


FORGETTING = Job("forget-history", timedelta(hours=6), _run)
