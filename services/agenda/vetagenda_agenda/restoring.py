"""After a restore the agenda says so to all who remember more than it does."""

import uuid

from sqlalchemy import select, update

from vetagenda_agenda.erasures.tables import Erasure
from vetagenda_agenda.tables import Epoch
from vetagenda_kit.db import Database


async def begin_new_epoch(database_url: str) -> None:
    """Before anybody asks the agenda for anything. `database_url` is the agenda's. Services that do not share
    its database may be older than it: all erasures are ordered from them again."""
    database = Database(database_url, "agenda", pool_size=1)
    try:
        async with database.jobs_writing() as session:
            await session.execute(update(Epoch).values(value=uuid.uuid4()))
            for erasure in await session.scalars(select(Erasure)):
                erasure.parts, erasure.finished_at = dict.fromkeys(erasure.parts), None
                erasure.files_gone_at = None
    finally:
        await database.close()
