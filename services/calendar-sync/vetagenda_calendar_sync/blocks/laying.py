"""A cycle's step: what of whole days and series has changed is laid over the agenda, or taken away there.

Before the appointments are settled, because somebody could be booked into a vet's holiday meanwhile. Nothing
is remembered but that there are blocks: the agenda is told how an event's blocks shall be, as often as it
takes. Trouble on the way changes nothing: what was laid stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, or_, select, update
from sqlmodel import col

from vetagenda_calendar_sync.blocks import rules
from vetagenda_calendar_sync.blocks.rules import Block, Choice
from vetagenda_calendar_sync.cycle.agenda import AgendaClient
from vetagenda_calendar_sync.cycle.memory import Lease
from vetagenda_calendar_sync.cycle.standing import to_lay
from vetagenda_calendar_sync.engine.ports import Refused, RemoteCalendar, RemoteRefusal
from vetagenda_calendar_sync.engine.state import MOST_OCCURRENCES, Seen
from vetagenda_calendar_sync.mapping.fields import Period
from vetagenda_calendar_sync.tables import SyncEvent
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database

BATCH = 25
BLOCKS_AT_ONCE = 1500
PUT_OFF = timedelta(minutes=15)
UNREADABLE, TOO_OFTEN = "series-unreadable", "series-too-often"


@dataclass(frozen=True)
class Read:
    """A row, its event as it is now, and the blocks that it shall have."""

    row: SyncEvent
    seen: Seen
    blocks: list[Block]
    flag: str | None = None


@dataclass
class Laying:
    db: Database
    lease: Lease
    remote: RemoteCalendar
    agenda: AgendaClient
    choice: Choice

    async def run(self) -> None:
        """Raises what is no matter of one event: trouble outside, a lost lease, an agenda that is away."""
        done: set[UUID] = set()
        while rows := await self._due(done):
            done.update(row.id for row in rows)
            read = [each for row in rows if (each := await self._read(row)) is not None]
            await self._lay(read)

    async def _due(self, done: set[UUID]) -> Sequence[SyncEvent]:
        query = select(SyncEvent).where(
            col(SyncEvent.link_id) == self.lease.link_id,
            to_lay(self.choice.today),
            col(SyncEvent.id).not_in(done),
        )
        async with self.db.jobs_reading() as session:
            return (await session.scalars(query.order_by(col(SyncEvent.id)).limit(BATCH))).all()

    async def _read(self, row: SyncEvent) -> Read | None:
        """None when this one event cannot be read: it keeps its blocks and is tried again later."""
        if row.seen is None:
            return None
        seen = Seen.of_json(row.seen)
        try:
            if seen.is_deleted and not seen.is_confirmed and row.has_blocks:
                found = await self.remote.get(row.remote_id)
                gone = Seen(row.remote_id, seen.etag, is_deleted=True)
                seen = replace(found or gone, is_confirmed=True)
            blocks = await self._blocks(row, seen)
            flag = TOO_OFTEN if len(blocks) > MOST_OCCURRENCES else None
            return Read(row, seen, blocks[:MOST_OCCURRENCES], flag)
        except RemoteRefusal:
            await self._put_off([row.id], UNREADABLE)
            return None

    async def _blocks(self, row: SyncEvent, seen: Seen) -> list[Block]:
        if row.kind == "foreign" or not rules.is_wanted(seen, self.choice):
            return []
        if not seen.is_series:
            return rules.of_one(seen, self.choice) if row.kind == "block" else []
        found = await self.remote.occurrences(row.remote_id, self.choice.since, self.choice.until)
        blocks = rules.of_series(row.remote_id, found, self.choice)
        return blocks if row.kind == "block" else rules.without(blocks, await self._own_time(row))

    async def _own_time(self, row: SyncEvent) -> Period | None:
        """Of an appointment whose event a person has made to repeat; a new link knows it by its mark only."""
        appointment = await self.agenda.read(row.appointment_id)
        return appointment.fields.period if appointment and appointment.is_live else None

    async def _lay(self, read: list[Read]) -> None:
        key = self.choice.rules.key
        wanted = {rules.event_id(key, each.row.remote_id): each for each in read}
        orders = {id: each.blocks for id, each in wanted.items() if each.blocks or each.row.has_blocks}
        refused: set[UUID] = set()
        for batch in rules.batches(orders, BLOCKS_AT_ONCE):
            try:
                await self.agenda.lay_blocks(batch)
            except Refused as refusal:
                await self._put_off([wanted[id].row.id for id in batch], f"agenda-{refusal.code}")
                refused.update(batch)
        await self._note([each for id, each in wanted.items() if id not in refused])

    async def _note(self, read: list[Read]) -> None:
        """A row that was marked meanwhile stays dirty; so does an appointment, which is settled later."""
        if not read:
            return
        table = SyncEvent.__table__  # type: ignore[attr-defined]
        values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in _NAMES}
        stays: ColumnElement[bool] = or_(
            table.c.marks != bindparam("read_marks"), bindparam("is_settled_later", type_=Boolean)
        )
        statement = (
            update(table)
            .where(table.c.id == bindparam("row_id"))
            .values(is_dirty=and_(table.c.is_dirty, stays), **values)
        )
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session)
            connection = await session.connection()
            await connection.execute(statement, [self._noted(each) for each in read])

    def _noted(self, each: Read) -> dict[str, object]:
        row, is_block = each.row, each.row.kind == "block"
        return {
            "row_id": row.id,
            "read_marks": row.marks,
            "is_settled_later": not is_block,
            "new_seen": each.seen.json(),
            "new_has_blocks": bool(each.blocks) or rules.is_to_come(each.seen, self.choice),
            "new_laid_on": self.choice.today,
            "new_flag": each.flag if is_block else each.flag or row.flag,
            "new_attempts": 0,
            "new_next_try_at": None,
            "new_updated_at": system_now(),
        }

    async def _put_off(self, row_ids: list[UUID], flag: str) -> None:
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session)
            values = {"flag": flag, "next_try_at": system_now() + PUT_OFF}
            rows = update(SyncEvent).where(col(SyncEvent.id).in_(row_ids))
            await session.execute(rows.values(attempts=col(SyncEvent.attempts) + 1, **values))


_NAMES = ("seen", "has_blocks", "laid_on", "flag", "attempts", "next_try_at", "updated_at")
