"""The dirty rows of a link, one after the other, deletions last and only if they are credible."""

import math
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlmodel import col

from vetagenda_calendar_sync.cycle import guard
from vetagenda_calendar_sync.cycle.agenda import BATCH, AgendaClient
from vetagenda_calendar_sync.cycle.memory import Lease, RowMemory, bases_of, tracked_of
from vetagenda_calendar_sync.decisions.holding import Holding, values_of
from vetagenda_calendar_sync.decisions.rules import freezes, what_holds
from vetagenda_calendar_sync.engine.execute import Drifts, Settlement, StillMoving
from vetagenda_calendar_sync.engine.ports import Refused, RemoteCalendar, RemoteRefusal
from vetagenda_calendar_sync.engine.state import Rules, Tracked
from vetagenda_calendar_sync.engine.trail import INSISTENCE_SPAN
from vetagenda_calendar_sync.engine.verdict import Verdict
from vetagenda_calendar_sync.tables import SyncEvent
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.logs import logger

REFUSALS_IN_A_ROW = 3
INVALID = 400
BROKEN = (ValueError, LookupError, TypeError)  # what a server sent, or we remember, makes no sense
log = logger("calendar-sync")


@dataclass
class Settling:
    """`has_listed_nothing`: the remote calendar was listed whole and was empty. At `ends_at` (monotonic) it
    makes way: `is_cut`."""

    db: Database
    lease: Lease
    remote: RemoteCalendar
    agenda: AgendaClient
    rules: Rules
    now: datetime
    has_listed_nothing: bool = False
    held_back: list[UUID] = field(default_factory=list)
    done: set[UUID] = field(default_factory=set)
    is_frozen: bool = False
    has_succeeded: bool = False
    refusals: list[tuple[RemoteRefusal, int]] = field(default_factory=list)
    ends_at: float = math.inf
    is_cut: bool = False

    async def run(self) -> None:
        """Raises what is no matter of one row: trouble outside, a lost lease, an agenda that is away."""
        holding = Holding(self.db, self.lease)
        if self.rules.mode == "two_way":
            await holding.hold_shifts(self.rules.zone)
        self.is_frozen = freezes(await holding.counts())
        await self._settle_all(func.jsonb_extract_path_text(SyncEvent.seen, "is_deleted") == "true")
        if self.is_cut:
            return
        await self._judge(holding)
        await self._settle_all(None)
        if self.is_cut:
            return
        await self._judge(holding)
        if not self.is_frozen:
            ids, self.held_back = self.held_back, []
            for start in range(0, len(ids), BATCH):
                await self._settle(ids[start : start + BATCH], are_believed=True)
        self._judge_refusals()

    async def _judge(self, holding: Holding) -> None:
        """SYNC-8: deletions that are not credible wait for a person, and with them all that comes in."""
        deleted = await self._deleted()
        waiting = set(await holding.held_ids("mass_delete"))
        is_empty = self.has_listed_nothing and bool(deleted)
        if is_empty or waiting & deleted.keys() or await self._is_suspicious(len(deleted)):
            self.is_frozen = True
            values = {id: values_of("cancel", tracked) for id, tracked in deleted.items()}
            await holding.hold("mass_delete", values)

    async def _deleted(self) -> dict[UUID, Tracked]:
        """Of what is held back: the events that are gone."""
        async with self.db.jobs_reading() as session:
            query = select(SyncEvent).where(col(SyncEvent.id).in_(self.held_back))
            rows = (await session.scalars(query)).all()
            bases = await bases_of(session, self.held_back)
        tracked = {row.id: tracked_of(row, bases.get(row.id, [])) for row in rows}
        return {id: each for id, each in tracked.items() if each.seen is not None and each.seen.is_deleted}

    async def _settle_all(self, which: ColumnElement[bool] | None) -> None:
        while not self.is_cut and (ids := await self._dirty(which)):
            self.done.update(ids)
            await self._settle(ids, are_believed=False)

    async def has_work(self) -> bool:
        return bool(await self._dirty(None))

    async def _dirty(self, which: ColumnElement[bool] | None) -> list[UUID]:
        query = select(col(SyncEvent.id)).where(
            col(SyncEvent.link_id) == self.lease.link_id,
            col(SyncEvent.is_dirty),
            col(SyncEvent.kind) == "appointment",
            col(SyncEvent.id).not_in(self.done),
            or_(col(SyncEvent.next_try_at).is_(None), col(SyncEvent.next_try_at) <= system_now()),
        )
        if which is not None:
            query = query.where(which)
        async with self.db.jobs_reading() as session:
            return list((await session.scalars(query.order_by(*self._first()).limit(BATCH))).all())

    def _first(self) -> tuple[Any, ...]:
        """What is still to come, the next first; then what is over, the newest first."""
        starts = col(SyncEvent.starts_at)
        is_over = func.coalesce(starts < self.now, False)
        return is_over, case((is_over, None), else_=starts).nulls_first(), starts.desc(), col(SyncEvent.id)

    async def _settle(self, event_ids: list[UUID], *, are_believed: bool) -> None:
        async with self.db.jobs_reading() as session:
            query = select(SyncEvent).where(col(SyncEvent.id).in_(event_ids))
            found = {row.id: row for row in await session.scalars(query)}
            rows = [found[id] for id in event_ids]
            bases = await bases_of(session, event_ids)
        await self.agenda.look_ahead([row.appointment_id for row in rows])
        for row in rows:
            await self._settle_one(row, tracked_of(row, bases.get(row.id, [])), are_believed)
            if time.monotonic() > self.ends_at:
                self.is_cut = True
                return

    async def _settle_one(self, row: SyncEvent, tracked: Tracked, are_believed: bool) -> None:
        verdict = Verdict.of_json(row.verdict) if row.verdict else None
        memory = RowMemory(
            self.db,
            self.lease,
            row.id,
            row.marks,
            stored={base.revision for base in tracked.bases},
            attempts=row.attempts,
            contested=frozenset(tracked.trail.contested),
            is_decided=verdict is not None,
        )
        holds = what_holds(
            is_frozen=self.is_frozen, is_held=row.held is not None, is_decided=bool(verdict) or are_believed
        )
        rules = replace(self.rules, verdict=verdict)
        settlement = Settlement(self.remote, self.agenda, memory, rules, self.now)
        try:
            if not await settlement.settle(tracked, holds=holds):
                self.held_back.append(memory.event_id)
            self.has_succeeded |= memory.has_written
        except (StillMoving, Drifts, Refused, RemoteRefusal, *BROKEN) as trouble:
            version = self.agenda.versions.get(tracked.appointment_id)
            await self._put_off(memory, trouble, version)

    async def _put_off(self, memory: RowMemory, trouble: Exception, version: int | None) -> None:
        """One event's trouble never keeps the others waiting."""
        match trouble:
            case StillMoving():
                await memory.put_off("still-moving", version)
            case Drifts():
                await memory.put_off("drift", version, INSISTENCE_SPAN)
            case Refused():
                await memory.put_off(f"agenda-{trouble.code}", version)
            case RemoteRefusal():
                await memory.put_off(self._refused(memory, trouble), version)
            case _:
                log.error("row_failed", link_id=str(self.lease.link_id), error=type(trouble).__name__)
                await memory.put_off("internal-error", version)

    def _refused(self, memory: RowMemory, refusal: RemoteRefusal) -> str:
        """One event is refused, or all are: then it is the link that is in trouble. Raises the refusal."""
        if refusal.status == INVALID:
            return "remote-invalid"
        self.refusals.append((refusal, memory.attempts))
        if not self.has_succeeded and len(self.refusals) >= REFUSALS_IN_A_ROW:
            raise refusal
        return "remote-refused"

    def _judge_refusals(self) -> None:
        fresh = [refusal for refusal, attempts in self.refusals if attempts < REFUSALS_IN_A_ROW - 1]
        if fresh and not self.has_succeeded:
            raise fresh[-1]

    async def _is_suspicious(self, deletions: int) -> bool:
        end = func.jsonb_extract_path_text(SyncEvent.seen, "period", "1")
        query = select(func.count()).where(
            col(SyncEvent.link_id) == self.lease.link_id,
            col(SyncEvent.kind) == "appointment",
            end > self.now.isoformat(),
        )
        async with self.db.jobs_reading() as session:
            living = await session.scalar(query) or 0
        return guard.is_suspicious(deletions, living + deletions)
