"""The dirty rows of a link, in order: what only goes out in rounds, deletions last and only if credible."""

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import col

from vetagenda_calendar_sync.cycle import guard
from vetagenda_calendar_sync.cycle.agenda import BATCH, AgendaClient
from vetagenda_calendar_sync.cycle.memory import Lease, bases_of, tracked_of
from vetagenda_calendar_sync.cycle.row_memory import RowMemory, RowsMemory
from vetagenda_calendar_sync.cycle.standing import to_settle
from vetagenda_calendar_sync.cycle.troubles import BROKEN, TROUBLE, Troubles
from vetagenda_calendar_sync.decisions.holding import Holding, values_of
from vetagenda_calendar_sync.decisions.rules import freezes, what_holds
from vetagenda_calendar_sync.engine.execute import Again, Order, Settlement
from vetagenda_calendar_sync.engine.ports import RemoteCalendar
from vetagenda_calendar_sync.engine.rounds import Rounds, Work
from vetagenda_calendar_sync.engine.state import Rules, Tracked
from vetagenda_calendar_sync.engine.verdict import Verdict
from vetagenda_calendar_sync.tables import SyncEvent
from vetagenda_kit.db import Database


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
    troubles: Troubles = field(default_factory=Troubles)
    ends_at: float = math.inf
    is_cut: bool = False
    rounds: Rounds = field(init=False)

    async def run(self) -> None:
        """Raises what is no matter of one row: trouble outside, a lost lease, an agenda that is away."""
        self.rounds = Rounds(RowsMemory(self.db, self.lease), self._called, self.ends_at)
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
        self.troubles.judge()

    async def _judge(self, holding: Holding) -> None:
        """SYNC-8: deletions that are not credible wait for a person, and with them all that comes in. An
        event that waited already, because of its time perhaps, is not gone without a question."""
        deleted = await self._deleted()
        waiting = set(await holding.held_ids("mass_delete", "shift"))
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
            to_settle(),
            col(SyncEvent.id).not_in(self.done),
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
        together = list[Work]()
        for row in rows:
            work = await self._prepared(row, tracked_of(row, bases.get(row.id, [])), are_believed)
            if work is not None and work.order.is_outward:
                together.append(work)
                continue
            await self._go_out(together)
            together = []
            if work is not None and not self.is_cut:
                await self._settle_alone(work)
            if self.is_cut:
                return
        await self._go_out(together)

    async def _go_out(self, works: list[Work]) -> None:
        if works:
            await self.rounds.run(works)
            self._look_at_the_time()

    def _look_at_the_time(self) -> None:
        self.is_cut = time.monotonic() > self.ends_at

    async def _prepared(self, row: SyncEvent, tracked: Tracked, are_believed: bool) -> Work | None:
        """None when it cannot be planned: it was put off."""
        verdict = Verdict.of_json(row.verdict) if row.verdict else None
        memory = RowMemory(
            self.db,
            self.lease,
            row.id,
            row.marks,
            stored={base.revision: base for base in tracked.bases},
            attempts=row.attempts,
            contested=frozenset(tracked.trail.contested),
            is_decided=verdict is not None,
        )
        holds = what_holds(
            is_frozen=self.is_frozen,
            is_held=row.held is not None,
            verdict=verdict,
            is_believed=are_believed,
        )
        rules = replace(self.rules, verdict=verdict)
        settlement = Settlement(self.remote, self.agenda, memory, rules, self.now, holds)
        try:
            return Work(settlement, await settlement.prepare(tracked))
        except BROKEN as trouble:
            await self.troubles.put_off(memory, trouble, self.agenda.versions.get(tracked.appointment_id))
            return None

    async def _settle_alone(self, work: Work) -> None:
        async with self._trouble_of(work):
            await self._settled(work.settlement, work.order.tracked, work.order)
        self._look_at_the_time()

    async def _called(self, work: Work) -> bool:
        """True when its result is to be kept with the others'. What needs more than its one write after all
        is settled by itself."""
        async with self._trouble_of(work):
            try:
                await work.call()
            except Again as again:
                await self._settled(work.settlement, again.tracked)
                return False
            self.troubles.has_succeeded |= bool(work.order.todo.actions)
            return True
        return False

    async def _settled(self, settlement: Settlement, tracked: Tracked, first: Order | None = None) -> None:
        memory = settlement.memory
        assert isinstance(memory, RowMemory)
        if not await settlement.settle(tracked, first=first):
            self.held_back.append(memory.event_id)
        self.troubles.has_succeeded |= memory.has_written

    @asynccontextmanager
    async def _trouble_of(self, work: Work) -> AsyncIterator[None]:
        """One event's trouble never keeps the others waiting."""
        try:
            yield
        except TROUBLE as trouble:
            memory = work.settlement.memory
            assert isinstance(memory, RowMemory)
            await self.troubles.put_off(
                memory, trouble, self.agenda.versions.get(work.order.tracked.appointment_id)
            )

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
