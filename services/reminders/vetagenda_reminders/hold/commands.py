"""Nothing leaves by itself while messages are held, whatever falls due; a person's own work goes on."""

from datetime import datetime

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, WriteSession
from vetagenda_reminders.ledger import commands, queries
from vetagenda_reminders.ledger.vocabulary import BY_HAND, SkipReason, Status
from vetagenda_reminders.tables import MessageHold, Reminder

THE_ROW = 1
BATCH = 500


async def hold(session: WriteSession) -> None:
    """What is being handed over at this moment still leaves."""
    row = {"id": THE_ROW, "since": system_now()}
    await session.execute(insert(MessageHold).values(**row).on_conflict_do_nothing())


async def hold_from_outside(database_url: str) -> None:
    """Before the service runs. `database_url` is its own."""
    database = Database(database_url, "reminders", pool_size=1)
    try:
        async with database.jobs_writing() as session:
            await hold(session)
    finally:
        await database.close()


async def since(session: AsyncSession) -> datetime | None:
    found: datetime | None = await session.scalar(select(col(MessageHold.since)))
    return found


async def waiting(session: AsyncSession) -> int:
    """How many messages of live practices would leave at once."""
    due = _due().with_only_columns(col(Reminder.id)).subquery()
    return await session.scalar(select(func.count()).select_from(due)) or 0


async def let_go(session: WriteSession) -> None:
    await session.execute(delete(MessageHold))


async def skip_waiting(session: WriteSession, actor: Actor) -> int:
    """One batch of what is due, as perhaps sent already; 0 when nothing is left."""
    rows = (await session.scalars(_due().limit(BATCH).with_for_update())).all()
    now = system_now()
    for row in rows:
        commands.finish(session, row, Status.SKIPPED, now, actor, reason=SkipReason.PERHAPS_SENT)
    return len(rows)


def _due() -> Select[Reminder]:
    return queries.due(system_now()).where(col(Reminder.channel).not_in(BY_HAND))
