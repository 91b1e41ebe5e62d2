"""Holding rows of the status table back, under the cycle's lease, and saying so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import col

from vetagenda_calendar_sync.cycle.memory import Lease, bases_of, tracked_of
from vetagenda_calendar_sync.decisions.rules import told_of_appointment, told_of_event
from vetagenda_calendar_sync.engine.shift import suspects, time_change
from vetagenda_calendar_sync.engine.state import Seen, Tracked
from vetagenda_calendar_sync.tables import CalendarLink, SyncEvent
from vetagenda_contracts.calendar_sync import DecisionRequested, HeldKind
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, WriteSession

TOLD = 100


@dataclass(frozen=True)
class Holding:
    """Of one link, in one cycle."""

    db: Database
    lease: Lease

    async def counts(self) -> dict[str, int]:
        """How much waits for a decision, by kind."""
        query = (
            select(col(SyncEvent.held), func.count())
            .where(col(SyncEvent.link_id) == self.lease.link_id, col(SyncEvent.held).is_not(None))
            .group_by(col(SyncEvent.held))
        )
        async with self.db.jobs_reading() as session:
            return {str(kind): count for kind, count in await session.execute(query)}

    async def hold(self, kind: HeldKind, values: Mapping[UUID, dict[str, Any]]) -> None:
        """These rows wait from now on; only those that are new in it are told of. `values` by row id."""
        if not values:
            return
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session)
            query = select(SyncEvent).where(col(SyncEvent.id).in_(values)).order_by(col(SyncEvent.id))
            rows = list((await session.scalars(query)).all())
            new = [row for row in rows if row.held != kind]
            for row in rows:
                row.held, row.held_values, row.updated_at = kind, values[row.id], system_now()
            if new:
                await self._tell(session, kind, [row.appointment_id for row in new])

    async def _tell(self, session: WriteSession, kind: HeldKind, new: list[UUID]) -> None:
        await session.flush()
        link = col(SyncEvent.link_id) == self.lease.link_id
        count = await session.scalar(select(func.count()).where(link, col(SyncEvent.held) == kind)) or 0
        bumped = update(CalendarLink).where(col(CalendarLink.id) == self.lease.link_id)
        version = await session.scalar(
            bumped.values(version=CalendarLink.version + 1).returning(col(CalendarLink.version))
        )
        outbox.add(
            session,
            DecisionRequested(
                practice_id=self.lease.practice_id,
                actor=self.lease.actor,
                aggregate_id=self.lease.link_id,
                version=version or 0,
                kind=kind,
                count=count,
                appointment_ids=new[:TOLD],
            ),
        )

    async def hold_shifts(self, zone: str) -> None:
        """R-SHIFT, over everything whose time has changed on the other side and is not settled yet."""
        query = select(SyncEvent).where(
            col(SyncEvent.link_id) == self.lease.link_id,
            col(SyncEvent.is_dirty),
            col(SyncEvent.kind) == "appointment",
        )
        async with self.db.jobs_reading() as session:
            rows = [row for row in await session.scalars(query) if not row.verdict and _lives(row)]
            bases = await bases_of(session, [row.id for row in rows])
        tracked = {row.id: tracked_of(row, bases.get(row.id, [])) for row in rows}
        found = [change for id, each in tracked.items() if (change := time_change(id, each))]
        await self.hold("shift", {id: values_of("move", tracked[id]) for id in suspects(found, zone)})

    async def hold_imports(self) -> None:
        """The link runs two ways again: what people typed meanwhile is offered (4.8), whole days and series
        are laid by the next cycle, and it has turned."""
        query = select(SyncEvent).where(
            col(SyncEvent.link_id) == self.lease.link_id, col(SyncEvent.kind) == "foreign"
        )
        async with self.db.jobs_reading() as session:
            rows = [row for row in await session.scalars(query) if _lives(row)]
        await self.hold("import", {row.id: values_of("import", tracked_of(row, [])) for row in rows})
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session, is_turning=False)
            blocks = update(SyncEvent).where(
                col(SyncEvent.link_id) == self.lease.link_id, col(SyncEvent.kind) == "block"
            )
            await session.execute(blocks.values(is_dirty=True, marks=SyncEvent.marks + 1))

    async def release_returned(self) -> None:
        """Events that are back from the bin: nobody is asked whether they are gone, whatever else has become
        of them meanwhile."""
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session)
            returned = update(SyncEvent).where(
                col(SyncEvent.link_id) == self.lease.link_id,
                col(SyncEvent.held) == "mass_delete",
                func.jsonb_extract_path_text(SyncEvent.seen, "is_deleted") == "false",
            )
            await session.execute(returned.values(held=None))

    async def held_ids(self, *kinds: HeldKind) -> Sequence[UUID]:
        query = select(col(SyncEvent.id)).where(
            col(SyncEvent.link_id) == self.lease.link_id, col(SyncEvent.held).in_(kinds)
        )
        async with self.db.jobs_reading() as session:
            return (await session.scalars(query)).all()


def values_of(what: str, tracked: Tracked) -> dict[str, Any]:
    """What people are shown: both sides as they were when it was held back."""
    fields = tracked.agreed.agenda if tracked.agreed else None
    return {
        "what": what,
        "remote": told_of_event(tracked.seen),
        "agenda": told_of_appointment(fields),
    }


def _lives(row: SyncEvent) -> bool:
    seen = Seen.of_json(row.seen) if row.seen else None
    return seen is not None and not seen.is_deleted and seen.period is not None
