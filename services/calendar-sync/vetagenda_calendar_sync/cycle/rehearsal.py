"""After a restore the first cycle is a dry run: what would become of each event is shown, nothing is written
on either side (SYNC-6, 4.8)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import col

from vetagenda_calendar_sync.cycle.agenda import BATCH, AgendaClient
from vetagenda_calendar_sync.cycle.memory import Lease, bases_of, tracked_of
from vetagenda_calendar_sync.decisions import elsewhere
from vetagenda_calendar_sync.decisions.holding import Holding
from vetagenda_calendar_sync.decisions.rules import proposed, told_of_appointment, told_of_event
from vetagenda_calendar_sync.engine.state import Agenda, Rules, Tracked
from vetagenda_calendar_sync.tables import SyncEvent
from vetagenda_kit.db import Database


@dataclass(frozen=True)
class Rehearsal:
    """Compares every row, also those that nobody has changed: the agenda's versions went back with it."""

    db: Database
    lease: Lease
    agenda: AgendaClient
    rules: Rules
    now: datetime
    holding: Holding

    async def run(self) -> int:
        """How many events wait for a decision now. What waited and is alike again waits no more."""
        found: dict[UUID, dict[str, Any]] = {}
        last: UUID | None = None
        while batch := await self._after(last):
            ids = [tracked.appointment_id for tracked in batch.values()]
            await self.agenda.look_ahead(ids)
            async with self.db.jobs_reading() as session:
                others = await elsewhere.alive(session, self.lease.link_id, ids)
            for id, tracked in batch.items():
                agenda = await self.agenda.read(tracked.appointment_id)
                is_elsewhere = tracked.appointment_id in others
                if told := self._told(tracked, agenda, is_elsewhere=is_elsewhere):
                    found[id] = told
            last = max(batch)
        await self._release(found)
        await self.holding.hold("rebase", found)
        return len(found)

    def _told(self, tracked: Tracked, agenda: Agenda | None, *, is_elsewhere: bool) -> dict[str, Any] | None:
        proposal = proposed(tracked, agenda, self.rules, self.now, is_elsewhere=is_elsewhere)
        if proposal is None:
            return None
        return {
            "what": proposal.what,
            "differences": {name: list(values) for name, values in proposal.differences.items()},
            "remote": told_of_event(tracked.seen),
            "agenda": told_of_appointment(agenda.fields if agenda and agenda.stands else None),
        }

    async def _after(self, last: UUID | None) -> dict[UUID, Tracked]:
        query = select(SyncEvent).where(
            col(SyncEvent.link_id) == self.lease.link_id,
            col(SyncEvent.kind) == "appointment",
            func.coalesce(func.jsonb_typeof(SyncEvent.verdict), "null") == "null",
        )
        if last is not None:
            query = query.where(col(SyncEvent.id) > last)
        async with self.db.jobs_reading() as session:
            rows = (await session.scalars(query.order_by(col(SyncEvent.id)).limit(BATCH))).all()
            bases = await bases_of(session, [row.id for row in rows])
        return {row.id: tracked_of(row, bases.get(row.id, [])) for row in rows}

    async def _release(self, found: dict[UUID, dict[str, Any]]) -> None:
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session)
            alike = update(SyncEvent).where(
                col(SyncEvent.link_id) == self.lease.link_id,
                col(SyncEvent.held) == "rebase",
                col(SyncEvent.id).not_in(found),
            )
            await session.execute(alike.values(held=None))
