"""For providers whose cursor names a state of the calendar and not a point in its history.

Such a cursor, taken before our own writes, is blind to whoever undoes one of them: the calendar is then in
the very state that the cursor names, and nothing has changed since. So a cycle that writes ends by reading
its own writes back and keeping the cursor that covers them. Until that is done the link counts as never
listed: after a crash everything is listed and compared, and nothing is missed.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from vetagenda_calendar_sync.cycle.memory import Lease
from vetagenda_calendar_sync.cycle.settling import Settling
from vetagenda_calendar_sync.providers.connection import Connection

Pull = Callable[[], Awaitable[object]]


async def settled(settling: Settling, connection: Connection, listed_at: datetime | None, pull: Pull) -> None:
    """Settles what is dirty; `pull` asks the remote side from the newest cursor."""
    if not connection.reads_back or not await settling.has_work():
        await settling.run()
        return
    await _note(settling, None)
    await settling.run()
    if connection.writes:
        await pull()
    else:
        await _note(settling, listed_at)


async def _note(settling: Settling, listed_at: datetime | None) -> None:
    lease: Lease = settling.lease
    async with settling.db.jobs_writing() as session:
        await lease.renew(session, listed_at=listed_at)
