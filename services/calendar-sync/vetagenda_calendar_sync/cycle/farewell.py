"""The last cycle of a link that ends: our own copies leave the remote calendar, then the link is gone.

Only events that we made for an appointment go. What a person typed there is that person's, also when it has
become an appointment; and nothing happens in the agenda. Each deletion is committed, so that a cycle that was
stopped goes on where it was.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import col

from vetagenda_calendar_sync.cycle.memory import Lease
from vetagenda_calendar_sync.engine.identity import is_ours
from vetagenda_calendar_sync.engine.ports import RemoteCalendar
from vetagenda_calendar_sync.engine.state import Seen
from vetagenda_calendar_sync.links import commands
from vetagenda_calendar_sync.pauses.rules import Drained
from vetagenda_calendar_sync.tables import CalendarLink, SyncEvent, SyncJournal
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.ids import uuid7

BATCH = 200


@dataclass(frozen=True)
class Farewell:
    db: Database
    lease: Lease
    remote: RemoteCalendar
    key: UUID

    async def run(self) -> None:
        """Raises what the remote side raises, Drained at a pause, LeaseLost."""
        while rows := await self._left():
            for row in rows:
                await self._take_away(row)
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session)
            link = await session.get_one(CalendarLink, self.lease.link_id)
            await commands.delete(session, link, self.lease.actor)

    async def _left(self) -> list[SyncEvent]:
        """What is not known to be gone; an insert whose answer was lost may have arrived too."""
        is_gone = func.coalesce(func.jsonb_extract_path_text(SyncEvent.seen, "is_deleted"), "false")
        query = select(SyncEvent).where(
            col(SyncEvent.link_id) == self.lease.link_id,
            is_gone != "true",
            col(SyncEvent.revision) > 0,
            ~col(SyncEvent.has_ended),
        )
        async with self.db.jobs_reading() as session:
            return list((await session.scalars(query.order_by(col(SyncEvent.id)).limit(BATCH))).all())

    async def _take_away(self, row: SyncEvent) -> None:
        """The remote event first: deleting it again is as good (404 and 410 are success)."""
        async with self.db.jobs_writing() as session:
            must_stop = await self.lease.renew(session)
        if must_stop:
            raise Drained
        ours = is_ours(self.key, row.appointment_id, row.remote_id) is not None
        if ours:
            await self.remote.delete(row.remote_id)
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session)
            values = {"has_ended": True, "is_dirty": False, "updated_at": system_now()}
            if ours:
                values["seen"] = Seen(row.remote_id, "", is_deleted=True, is_confirmed=True).json()
                session.add(self._journal(row))
            statement = update(SyncEvent).where(col(SyncEvent.id) == row.id)
            await session.execute(statement.values(**values))

    def _journal(self, row: SyncEvent) -> SyncJournal:
        return SyncJournal(
            id=uuid7(),
            practice_id=self.lease.practice_id,
            link_id=self.lease.link_id,
            appointment_id=row.appointment_id,
            cycle=self.lease.cycle,
            act="remove",
            fields=[],
            at=system_now(),
        )
