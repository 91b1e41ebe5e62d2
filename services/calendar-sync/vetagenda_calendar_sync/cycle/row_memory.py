"""The status table as the engine's memory: every commit is under the lease, of one row or of many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from vetagenda_calendar_sync.cycle import writing
from vetagenda_calendar_sync.cycle.memory import Lease, columns_of
from vetagenda_calendar_sync.cycle.quarantine import pause_after
from vetagenda_calendar_sync.engine.actions import Action, Conflict, Insert, Patch, Plan, Remove
from vetagenda_calendar_sync.engine.rounds import Kept
from vetagenda_calendar_sync.engine.state import Agenda, Base, Tracked
from vetagenda_calendar_sync.mapping.fields import Days, Period
from vetagenda_calendar_sync.pauses.rules import Drained
from vetagenda_calendar_sync.tables import SyncConflict, SyncEvent
from vetagenda_contracts.calendar_sync import ConflictRecorded
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, WriteSession
from vetagenda_kit.ids import uuid7


@dataclass
class RowMemory:
    """Implements `Memory` for one row of one cycle. `marks` is the count when the row was read, `stored` the
    bases that are in the table, `contested` the fields whose conflict its remote event told of; `is_decided`
    when a person has given a verdict. A pause stops a row that has not begun; one that has is finished."""

    db: Database
    lease: Lease
    event_id: UUID
    marks: int
    stored: dict[int, Base]
    attempts: int = 0
    contested: frozenset[str] = frozenset()
    is_decided: bool = False
    has_written: bool = False
    has_begun: bool = False

    async def keep(self, tracked: Tracked, conflicts: tuple[Conflict, ...] = ()) -> None:
        async with self.db.jobs_writing() as session:
            if await self.lease.renew(session) and not self.has_begun:
                raise Drained
            await writing.write_intents(session, [self.row(tracked)])
            await writing.write_bases(session, self.new_bases(tracked), self.stale_bases(tracked))
            await self._tell(session, tracked, conflicts)
        self.has_kept(tracked)

    async def finish(self, tracked: Tracked, agenda: Agenda | None, done: Plan) -> None:
        rows = RowsMemory(self.db, self.lease)
        await rows.finish_all([Kept(self, tracked, agenda, done)])

    def row(self, tracked: Tracked) -> writing.Row:
        return {"id": self.event_id, **columns_of(tracked)}

    def result(self, tracked: Tracked, agenda: Agenda | None, done: Plan) -> writing.Row:
        is_series = done.has_ended and "series" in done.flags  # what repeats has no appointment any more
        return self.row(tracked) | {
            "read_marks": self.marks,
            "stays_dirty": is_series,
            "flag": done.flags[0] if done.flags and not is_series else None,
            "kind": "block" if is_series else None,
            "known_version": agenda.version if agenda is not None else None,
        }

    def new_bases(self, tracked: Tracked) -> list[writing.Row]:
        """Those that the table does not have as they are."""
        return [
            {
                "sync_event_id": self.event_id,
                "revision": base.revision,
                "practice_id": self.lease.practice_id,
                "agenda": base.agenda.json(),
                "sent": base.sent.json(),
                "echo": base.echo.json() if base.echo else None,
            }
            for base in tracked.bases
            if self.stored.get(base.revision) != base
        ]

    def stale_bases(self, tracked: Tracked) -> list[writing.Row]:
        stale = self.stored.keys() - {base.revision for base in tracked.bases}
        return [{"id": self.event_id, "revision": revision} for revision in stale]

    def has_kept(self, tracked: Tracked) -> None:
        self.stored, self.has_begun = {base.revision: base for base in tracked.bases}, True

    async def resolve(self, session: WriteSession, tracked: Tracked) -> None:
        """A conflict whose field has another value by now is answered."""
        answered = self.contested - tracked.trail.contested.keys()
        if not answered:
            return
        statement = update(SyncConflict).where(
            col(SyncConflict.link_id) == self.lease.link_id,
            col(SyncConflict.appointment_id) == tracked.appointment_id,
            col(SyncConflict.field).in_(answered),
            col(SyncConflict.status) == "open",
        )
        await session.execute(statement.values(status="resolved"))

    async def put_off(self, flag: str, version: int | None, after: timedelta | None = None) -> None:
        """Neither side can take it now: it stays dirty, is shown to people, and is tried again later, or at
        once when it changes. `version` is the appointment's that could not be settled."""
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session)
            pause = pause_after(self.attempts + 1) if after is None else after
            values: dict[str, Any] = {"flag": flag, "attempts": self.attempts + 1}
            values["next_try_at"] = system_now() + pause
            if version is not None:
                values["known_version"] = version
            await session.execute(
                update(SyncEvent).where(col(SyncEvent.id) == self.event_id).values(**values)
            )

    async def _tell(self, session: WriteSession, tracked: Tracked, conflicts: tuple[Conflict, ...]) -> None:
        """One that is open already is not told again."""
        known = await self._open_conflicts(session, tracked) if conflicts else ()
        for conflict in conflicts:
            if (conflict.field, plain(conflict.kept), plain(conflict.lost)) in known:
                continue
            row = SyncConflict(
                id=uuid7(),
                practice_id=self.lease.practice_id,
                link_id=self.lease.link_id,
                appointment_id=tracked.appointment_id,
                field=conflict.field,
                kept=plain(conflict.kept),
                lost=plain(conflict.lost),
                lost_by=conflict.lost_by,
                status="resolved" if self.is_decided else "open",
                at=system_now(),
            )
            session.add(row)
            outbox.add(session, self._recorded(row))

    async def _open_conflicts(
        self, session: WriteSession, tracked: Tracked
    ) -> Sequence[tuple[str, Any, Any]]:
        query = select(SyncConflict).where(
            col(SyncConflict.link_id) == self.lease.link_id,
            col(SyncConflict.appointment_id) == tracked.appointment_id,
            col(SyncConflict.status) == "open",
        )
        return [(row.field, row.kept, row.lost) for row in await session.scalars(query)]

    def _recorded(self, row: SyncConflict) -> ConflictRecorded:
        return ConflictRecorded(
            practice_id=row.practice_id,
            actor=self.lease.actor,
            aggregate_id=row.id,
            version=1,
            link_id=row.link_id,
            appointment_id=row.appointment_id,
            field=row.field,
            lost_by="remote" if row.lost_by == "remote" else "agenda",
        )

    def journal(self, tracked: Tracked, done: Plan) -> list[writing.Row]:
        return [self._act(tracked, act) for act in done.actions]

    def _act(self, tracked: Tracked, act: Action) -> writing.Row:
        return {
            "id": uuid7(),
            "practice_id": self.lease.practice_id,
            "link_id": self.lease.link_id,
            "appointment_id": tracked.appointment_id,
            "cycle": self.lease.cycle,
            "act": type(act).__name__.lower(),
            "fields": sorted(getattr(act, "names", ())),
            "at": system_now(),
        }


@dataclass(frozen=True)
class RowsMemory:
    """Implements `Together`: commits that many rows of one cycle share."""

    db: Database
    lease: Lease

    async def keep_all(self, rows: Sequence[Kept]) -> None:
        """Raises Drained at a pause, LeaseLost."""
        given = [(memory_of(each), each.tracked) for each in rows]
        async with self.db.jobs_writing() as session:
            if await self.lease.renew(session):
                raise Drained
            await writing.write_intents(session, [memory.row(tracked) for memory, tracked in given])
            await self._write_bases(session, given)
        for memory, tracked in given:
            memory.has_kept(tracked)

    async def confirm(self) -> None:
        """Raises as `keep_all`, and writes nothing."""
        async with self.db.jobs_reading() as session:
            if await self.lease.must_stop(session):
                raise Drained

    async def finish_all(self, rows: Sequence[Kept]) -> None:
        """Raises LeaseLost."""
        if not rows:
            return
        given = [(memory_of(each), each) for each in rows]
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session)
            results = [memory.result(each.tracked, each.agenda, each.done) for memory, each in given]
            await writing.write_results(session, results)
            await self._write_bases(session, [(memory, each.tracked) for memory, each in given])
            acts = [act for memory, each in given for act in memory.journal(each.tracked, each.done)]
            await writing.write_journal(session, acts)
            for memory, each in given:
                await memory.resolve(session, each.tracked)
        for memory, each in given:
            memory.has_kept(each.tracked)
            memory.has_written |= any(
                isinstance(action, Insert | Patch | Remove) for action in each.done.actions
            )

    async def _write_bases(self, session: WriteSession, given: Sequence[tuple[RowMemory, Tracked]]) -> None:
        new = [base for memory, tracked in given for base in memory.new_bases(tracked)]
        stale = [base for memory, tracked in given for base in memory.stale_bases(tracked)]
        await writing.write_bases(session, new, stale)


def memory_of(kept: Kept) -> RowMemory:
    assert isinstance(kept.memory, RowMemory)
    return kept.memory


def plain(value: Any) -> Any:
    return value.json() if isinstance(value, Period | Days) else value
