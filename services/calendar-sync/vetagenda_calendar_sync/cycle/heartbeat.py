"""A cycle that waits for Google writes nothing for a while, and is not dead: its lease goes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from vetagenda_calendar_sync.cycle.memory import Lease, LeaseLost
from vetagenda_kit.db import Database, is_away


@contextlib.asynccontextmanager
async def beating(db: Database, lease: Lease) -> AsyncIterator[None]:
    """A short cycle never comes to its first beat."""
    beat = asyncio.create_task(_beat(db, lease))
    try:
        yield
    finally:
        beat.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beat


async def _beat(db: Database, lease: Lease) -> None:
    """Ends when the lease is lost: the cycle finds that out by itself, before it writes anything."""
    while True:
        await asyncio.sleep(lease.length.total_seconds() / 3)
        try:
            async with db.jobs_writing() as session:
                await lease.renew(session)
        except LeaseLost:
            return
        except Exception as error:
            if not is_away(error):
                raise
