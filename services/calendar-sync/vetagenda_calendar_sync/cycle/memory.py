"""The status table as the engine's memory: every `keep` is one transaction, under the lease."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, false, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.cycle.quarantine import pause_after
from vetagenda_calendar_sync.engine.actions import Action, Conflict, Insert, Patch, Plan, Remove
from vetagenda_calendar_sync.engine.state import Agenda, Base, Seen, Tracked
from vetagenda_calendar_sync.engine.trail import Trail
from vetagenda_calendar_sync.links.rules import ENDING
from vetagenda_calendar_sync.mapping.fields import Days, Fields, Period, RemoteFields
from vetagenda_calendar_sync.pauses.queries import is_paused
from vetagenda_calendar_sync.pauses.rules import Drained
from vetagenda_calendar_sync.tables import CalendarLink, SyncBase, SyncConflict, SyncEvent, SyncJournal
from vetagenda_contracts.calendar_sync import ConflictRecorded
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, WriteSession
from vetagenda_kit.ids import uuid7

UNCLEAR = "title-unclear"


class LeaseLost(Exception):
    """Another cycle has taken the link over: nothing of this one may be written any more."""


@dataclass(frozen=True)
class Lease:
    """The right to work on a link until it is taken over; renewed with every write. The last cycle of a link
    that ends is not stopped by its ending."""

    link_id: UUID
    practice_id: UUID
    fencing: int
    cycle: int
    length: timedelta
    actor: Actor
    is_last: bool = False

    async def renew(self, session: WriteSession, **values: Any) -> bool:
        """True when somebody has paused or ended the link meanwhile. Raises LeaseLost. `values` are columns
        of the link to write with it."""
        statement = (
            update(CalendarLink)
            .where(col(CalendarLink.id) == self.link_id, col(CalendarLink.fencing) == self.fencing)
            .values(lease_until=system_now() + self.length, **values)
            .returning(self._must_stop())
        )
        found = (await session.execute(statement)).first()
        if found is None:
            raise LeaseLost
        return bool(found[0])

    def _must_stop(self) -> ColumnElement[bool]:
        is_ending = false() if self.is_last else col(CalendarLink.state).in_(ENDING)
        return or_(is_ending, is_paused())


def tracked_of(row: SyncEvent, bases: Iterable[SyncBase]) -> Tracked:
    known = sorted((base_of(each) for each in bases), key=lambda base: base.revision)
    return Tracked(
        appointment_id=row.appointment_id,
        remote_id=row.remote_id,
        incarnation=row.incarnation,
        revision=row.revision,
        agreed=next((base for base in known if base.revision == row.agreed_revision), None),
        pending=tuple(base for base in known if base.revision != row.agreed_revision),
        seen=Seen.of_json(row.seen) if row.seen else None,
        has_ended=row.has_ended,
        trail=Trail.of_json(row.trail),
        was_unclear=row.flag == UNCLEAR,
    )


def base_of(row: SyncBase) -> Base:
    echo = RemoteFields.of_json(row.echo) if row.echo else None
    return Base(row.revision, Fields.of_json(row.agenda), RemoteFields.of_json(row.sent), echo)


def columns_of(tracked: Tracked) -> dict[str, Any]:
    return {
        "appointment_id": tracked.appointment_id,
        "remote_id": tracked.remote_id,
        "incarnation": tracked.incarnation,
        "revision": tracked.revision,
        "agreed_revision": tracked.agreed.revision if tracked.agreed else None,
        "seen": seen_json(tracked),
        "has_ended": tracked.has_ended,
        "trail": tracked.trail.json(),
        "updated_at": system_now(),
    }


def seen_json(tracked: Tracked) -> dict[str, Any] | None:
    """Who typed it is handed on once, when it becomes an appointment; it is not kept here (SYNC-9)."""
    if tracked.seen is None:
        return None
    creator = "" if tracked.agreed else tracked.seen.creator
    return replace(tracked.seen, creator=creator).json()


async def bases_of(session: AsyncSession, event_ids: list[UUID]) -> dict[UUID, list[SyncBase]]:
    found: dict[UUID, list[SyncBase]] = {}
    for row in await session.scalars(select(SyncBase).where(col(SyncBase.sync_event_id).in_(event_ids))):
        found.setdefault(row.sync_event_id, []).append(row)
    return found


@dataclass
class RowMemory:
    """Implements `Memory` for one row of one cycle. `marks` is the count when the row was read, `stored` the
    revisions of its bases that are in the table, `contested` the fields whose conflict its remote event told
    of; `is_decided` when a person has given a verdict. A pause stops a row that has not begun; one that has
    is finished."""

    db: Database
    lease: Lease
    event_id: UUID
    marks: int
    stored: set[int]
    attempts: int = 0
    contested: frozenset[str] = frozenset()
    is_decided: bool = False
    has_written: bool = False
    has_begun: bool = False

    async def keep(self, tracked: Tracked, conflicts: tuple[Conflict, ...] = ()) -> None:
        async with self.db.jobs_writing() as session:
            if await self.lease.renew(session) and not self.has_begun:
                raise Drained
            await self._write(session, tracked)
            self._tell(session, tracked, conflicts)
        self.has_begun = True

    async def finish(self, tracked: Tracked, agenda: Agenda | None, done: Plan) -> None:
        values: dict[str, Any] = {
            "attempts": 0,
            "next_try_at": None,
            "flag": done.flags[0] if done.flags else None,
            "held": None,
            "held_values": None,
            "verdict": case((col(SyncEvent.marks) == self.marks, null()), else_=col(SyncEvent.verdict)),
        }
        if agenda is not None:
            values["known_version"] = agenda.version
        self.has_written |= any(isinstance(action, Insert | Patch | Remove) for action in done.actions)
        is_dirty: Any = col(SyncEvent.marks) != self.marks
        if done.has_ended and "series" in done.flags:  # what repeats has no appointment any more
            values |= {"kind": "block", "flag": None}
            is_dirty = True
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session)
            await self._write(session, tracked, is_dirty=is_dirty, **values)
            session.add_all(self._journal(tracked, act) for act in done.actions)
            await self._resolve(session, tracked)

    async def _resolve(self, session: WriteSession, tracked: Tracked) -> None:
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

    async def _write(self, session: WriteSession, tracked: Tracked, **values: Any) -> None:
        row = update(SyncEvent).where(col(SyncEvent.id) == self.event_id)
        await session.execute(row.values(**columns_of(tracked), **values))
        kept = {base.revision for base in tracked.bases}
        if not self.stored <= kept:
            stale = delete(SyncBase).where(col(SyncBase.sync_event_id) == self.event_id)
            await session.execute(stale.where(col(SyncBase.revision).not_in(kept)))
        self.stored = kept
        for base in tracked.bases:
            given = {
                "agenda": base.agenda.json(),
                "sent": base.sent.json(),
                "echo": base.echo.json() if base.echo else None,
            }
            key = {"sync_event_id": self.event_id, "revision": base.revision}
            statement = insert(SyncBase).values(practice_id=self.lease.practice_id, **key, **given)
            await session.execute(
                statement.on_conflict_do_update(index_elements=["sync_event_id", "revision"], set_=given)
            )

    def _tell(self, session: WriteSession, tracked: Tracked, conflicts: tuple[Conflict, ...]) -> None:
        for conflict in conflicts:
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

    def _journal(self, tracked: Tracked, act: Action) -> SyncJournal:
        return SyncJournal(
            id=uuid7(),
            practice_id=self.lease.practice_id,
            link_id=self.lease.link_id,
            appointment_id=tracked.appointment_id,
            cycle=self.lease.cycle,
            act=type(act).__name__.lower(),
            fields=sorted(getattr(act, "names", ())),
            at=system_now(),
        )


def plain(value: Any) -> Any:
    return value.json() if isinstance(value, Period | Days) else value
