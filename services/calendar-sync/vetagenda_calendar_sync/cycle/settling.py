"""The dirty rows of a link, one after the other, deletions last and only if they are credible."""

import math
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlmodel import col

from vetagenda_calendar_sync.cycle import guard
from vetagenda_calendar_sync.cycle.agenda import BATCH, AgendaClient
from vetagenda_calendar_sync.cycle.memory import Lease, RowMemory, bases_of, tracked_of
from vetagenda_calendar_sync.engine.execute import Settlement, StillMoving
from vetagenda_calendar_sync.engine.ports import Refused, RemoteCalendar, RemoteRefusal
from vetagenda_calendar_sync.engine.state import Rules, Tracked
from vetagenda_calendar_sync.tables import SyncEvent
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database

PUT_OFF = timedelta(minutes=15)


@dataclass
class Settling:
    """`may_cancel` False keeps deletions on the remote side back until a person has decided;
    `is_accepted` carries them out however many they are. At `ends_at` (monotonic) it makes way: `is_cut`."""

    db: Database
    lease: Lease
    remote: RemoteCalendar
    agenda: AgendaClient
    rules: Rules
    now: datetime
    may_cancel: bool = True
    is_accepted: bool = False
    held_back: list[UUID] = field(default_factory=list)
    ends_at: float = math.inf
    is_cut: bool = False

    async def run(self) -> None:
        """Raises what is no matter of one row: trouble outside, a lost lease, an agenda that is away."""
        done: set[UUID] = set()
        while ids := await self._dirty(done):
            done.update(ids)
            await self._settle(ids, may_cancel=False)
            if self.is_cut:
                return
        if self.held_back and self.may_cancel and (self.is_accepted or not await self._is_suspicious()):
            ids, self.held_back = self.held_back, []
            for start in range(0, len(ids), BATCH):
                await self._settle(ids[start : start + BATCH], may_cancel=True)

    async def _dirty(self, done: set[UUID]) -> list[UUID]:
        query = select(col(SyncEvent.id)).where(
            col(SyncEvent.link_id) == self.lease.link_id,
            col(SyncEvent.is_dirty),
            col(SyncEvent.kind) == "appointment",
            col(SyncEvent.id).not_in(done),
            or_(col(SyncEvent.next_try_at).is_(None), col(SyncEvent.next_try_at) <= system_now()),
        )
        async with self.db.jobs_reading() as session:
            return list((await session.scalars(query.order_by(*self._first()).limit(BATCH))).all())

    def _first(self) -> tuple[Any, ...]:
        """What is still to come, the next first; then what is over, the newest first."""
        starts = col(SyncEvent.starts_at)
        is_over = func.coalesce(starts < self.now, False)
        return is_over, case((is_over, None), else_=starts).nulls_first(), starts.desc(), col(SyncEvent.id)

    async def _settle(self, event_ids: list[UUID], *, may_cancel: bool) -> None:
        async with self.db.jobs_reading() as session:
            query = select(SyncEvent).where(col(SyncEvent.id).in_(event_ids))
            found = {row.id: row for row in await session.scalars(query)}
            rows = [found[id] for id in event_ids]
            bases = await bases_of(session, event_ids)
        await self.agenda.look_ahead([row.appointment_id for row in rows])
        for row in rows:
            own = bases.get(row.id, [])
            memory = RowMemory(self.db, self.lease, row.id, row.marks, {base.revision for base in own})
            await self._settle_one(memory, tracked_of(row, own), may_cancel)
            if time.monotonic() > self.ends_at:
                self.is_cut = True
                return

    async def _settle_one(self, memory: RowMemory, tracked: Tracked, may_cancel: bool) -> None:
        settlement = Settlement(self.remote, self.agenda, memory, self.rules, self.now)
        try:
            if not await settlement.settle(tracked, may_cancel=may_cancel):
                self.held_back.append(memory.event_id)
        except StillMoving:
            return
        except Refused as refused:
            await memory.put_off(f"agenda-{refused.code}", PUT_OFF)
        except RemoteRefusal as refusal:
            if refusal.status != 400:
                raise
            await memory.put_off("remote-invalid", PUT_OFF)

    async def _is_suspicious(self) -> bool:
        end = func.jsonb_extract_path_text(SyncEvent.seen, "period", "1")
        query = select(func.count()).where(
            col(SyncEvent.link_id) == self.lease.link_id,
            col(SyncEvent.kind) == "appointment",
            end > self.now.isoformat(),
        )
        async with self.db.jobs_reading() as session:
            living = await session.scalar(query) or 0
        return guard.is_suspicious(len(self.held_back), living + len(self.held_back))
