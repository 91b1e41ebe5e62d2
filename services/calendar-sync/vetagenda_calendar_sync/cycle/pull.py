"""Both sides into the status table: what is new is noted, nothing is decided yet."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlmodel import col

from vetagenda_calendar_sync.cycle.agenda import OVERLAP, AgendaClient
from vetagenda_calendar_sync.cycle.memory import Lease, bases_of, columns_of, tracked_of
from vetagenda_calendar_sync.engine.arrive import (
    Arrival,
    is_later_life,
    marked,
    may_still_count,
    missing,
    of_known,
    of_new,
)
from vetagenda_calendar_sync.engine.identity import local_id, remote_id
from vetagenda_calendar_sync.engine.ports import CursorExpired, RemoteCalendar, RemoteTrouble
from vetagenda_calendar_sync.engine.state import Agenda, Rules, Seen, Tracked
from vetagenda_calendar_sync.tables import SyncBase, SyncEvent
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, WriteSession
from vetagenda_kit.ids import uuid7

CHUNK = 1000
CERTAIN_AFTER = 2 * OVERLAP  # half of it for clocks that disagree


@dataclass(frozen=True)
class Listed:
    """All pages of one question. `is_full` when it was not asked from a cursor."""

    seen: list[Seen]
    cursor: str
    is_full: bool


async def ask_remote(calendar: RemoteCalendar, cursor: str | None, since: datetime) -> Listed:
    """From the cursor; when that has expired everything is listed, and nothing is forgotten (R-410)."""
    if cursor is not None:
        try:
            return await _listed(calendar, cursor, since)
        except CursorExpired:
            pass
    try:
        return await _listed(calendar, None, since)
    except CursorExpired as expired:
        raise RemoteTrouble("a cursor expired that was not asked with") from expired


async def _listed(calendar: RemoteCalendar, cursor: str | None, since: datetime) -> Listed:
    seen: list[Seen] = []
    async for page in calendar.pages(cursor, since):
        seen += page.seen
        if page.cursor is not None:
            return Listed(seen, page.cursor, is_full=cursor is None)
    raise AssertionError("the last page carries a cursor")


@dataclass(frozen=True)
class Intake:
    """Writes what was read of either side, under the lease."""

    db: Database
    lease: Lease
    rules: Rules
    since: datetime

    async def take_remote(self, listed: Listed, **cursor: Any) -> None:
        """Snapshots and cursor in one transaction: a crash leaves both or neither."""
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session, **cursor)
            own = await self._of_its_own(session, listed.seen)
            gone = await self._gone(session, listed)
            for start in range(0, len(own), CHUNK):
                await self._take(session, own[start : start + CHUNK], gone)
            await self._touch_series(session, {each.series_id for each in listed.seen if each.series_id})
            if listed.is_full:
                await self._suspect_missing(session, {each.id for each in listed.seen})

    async def _gone(self, session: WriteSession, listed: Listed) -> set[str]:
        """Events that are no longer where they were: told so, or not in a list that should have them."""
        gone = {each.id for each in listed.seen if each.is_deleted}
        if listed.is_full:
            there = {each.id for each in listed.seen}
            gone |= {row.remote_id for row in await self._rows(session) if self._is_expected(row)} - there
        return gone

    def _is_expected(self, row: SyncEvent) -> bool:
        """In a list of everything."""
        seen = Seen.of_json(row.seen) if row.seen else None
        if seen is None or seen.is_deleted:
            return False
        is_over = row.kind == "block" and seen.is_series and not row.has_blocks
        return may_still_count(seen, self.since) and not is_over

    async def _take(self, session: WriteSession, seen: list[Seen], gone: set[str]) -> None:
        rows = {row.remote_id: row for row in await self._rows(session, [each.id for each in seen])}
        bases = await bases_of(session, [row.id for row in rows.values()])
        new: list[Seen] = []
        for each in seen:
            if (row := rows.get(each.id)) is None:
                new.append(each)
            elif row.kind != "appointment" or (each.is_block and row.id not in bases):
                await self._retake(session, row, each)
            elif arrival := of_known(tracked_of(row, bases.get(row.id, [])), each):
                await self._update(session, row.id, arrival)
        await self._adopt(
            session, [arrival for each in new if (arrival := of_new(each, self.rules, self.since))], gone
        )

    async def _retake(self, session: WriteSession, row: SyncEvent, seen: Seen) -> None:
        """A block or a foreign event has changed: a block that is a timed event now becomes an appointment,
        what repeats or takes whole days now a block. Its deletion is looked at by itself later."""
        if row.seen is not None and row.seen["etag"] == seen.etag:
            return
        arrival = of_new(seen, self.rules, self.since)
        kind = arrival.kind if arrival else row.kind
        if (row.kind, kind) == ("foreign", "appointment"):
            kind = "foreign"
        kept = replace(tracked_of(row, []), seen=seen, has_ended=row.has_ended or seen.is_deleted)
        await self._update(session, row.id, Arrival(kept, is_dirty=kind != "foreign"))
        if kind != row.kind or kind == "foreign":
            flag = arrival.flag if arrival and kind == "foreign" else None
            await self._label(session, row.id, kind, flag)

    async def _label(self, session: WriteSession, event_id: UUID, kind: str, flag: str | None) -> None:
        row = update(SyncEvent).where(col(SyncEvent.id) == event_id)
        await session.execute(row.values(kind=kind, flag=flag))

    async def _of_its_own(self, session: WriteSession, seen: list[Seen]) -> list[Seen]:
        """Without what a series in this calendar tells of itself. Who is invited to one time of somebody
        else's series has that one only."""
        times = [each for each in seen if each.series_id]
        if not times:
            return seen
        asked = {each.series_id for each in times if each.series_id} | {each.id for each in times}
        rows = {row.remote_id for row in await self._rows(session, asked)}
        series = rows | {each.id for each in seen if not each.series_id}
        return [each for each in seen if each.id in rows or each.series_id not in series]

    async def _touch_series(self, session: WriteSession, series_ids: set[str]) -> None:
        """One of its times has changed by itself, of which the series' own etag need not tell."""
        if series_ids:
            await mark(session, [row.id for row in await self._rows(session, series_ids)])

    async def _adopt(self, session: WriteSession, arrivals: list[Arrival], gone: set[str]) -> None:
        """A new row each; a second event that names an appointment which has one is a copy of its own, unless
        the first is gone: then it is the same one under another name, as an import writes it."""
        marks = {arrival.tracked.remote_id: marked(arrival.tracked.seen, self.rules) for arrival in arrivals}
        ids = {arrival.tracked.appointment_id for arrival in arrivals} | {id for id in marks.values() if id}
        query = select(SyncEvent).where(
            col(SyncEvent.link_id) == self.lease.link_id, col(SyncEvent.appointment_id).in_(ids)
        )
        known = {row.appointment_id: row for row in await session.scalars(query)}
        taken = set(known)
        rows: list[dict[str, Any]] = []
        for arrival in arrivals:
            tracked = arrival.tracked
            before = known.get(marks[tracked.remote_id] or tracked.appointment_id)
            if before and before.remote_id != tracked.remote_id and before.remote_id in gone:
                gone.discard(before.remote_id)
                await self._rename(session, before, tracked)
                continue
            if (row := known.get(tracked.appointment_id)) and is_later_life(tracked, row.incarnation):
                await session.execute(delete(SyncBase).where(col(SyncBase.sync_event_id) == row.id))
                await self._update(session, row.id, Arrival(tracked, is_dirty=True))
                continue
            if tracked.appointment_id in taken:
                tracked = Tracked(
                    local_id(self.rules.key, tracked.remote_id), tracked.remote_id, seen=tracked.seen
                )
            taken.add(tracked.appointment_id)
            rows.append(
                self._row(tracked, is_dirty=arrival.is_dirty, kind=arrival.kind) | {"flag": arrival.flag}
            )
        if rows:
            await session.execute(insert(SyncEvent), rows)

    async def _rename(self, session: WriteSession, row: SyncEvent, tracked: Tracked) -> None:
        known = tracked_of(row, (await bases_of(session, [row.id])).get(row.id, []))
        await self._update(
            session,
            row.id,
            Arrival(replace(known, remote_id=tracked.remote_id, seen=tracked.seen), is_dirty=True),
        )

    async def _suspect_missing(self, session: WriteSession, listed: set[str]) -> None:
        """Of a full list: what should be in it and is not, is looked at one by one later."""
        for row in await self._rows(session):
            if row.remote_id in listed or not self._is_expected(row):
                continue
            tracked = tracked_of(row, (await bases_of(session, [row.id])).get(row.id, []))
            await self._update(session, row.id, missing(tracked))
            if row.kind == "foreign":  # which nobody settles: what people were told of it is over
                await self._label(session, row.id, row.kind, None)

    async def take_agenda(
        self, readings: dict[UUID, Agenda], read_to: datetime | None, certain_to: datetime | None
    ) -> None:
        """Marks what is newer than what was settled, and begins rows for what is new in the column."""
        async with self.db.jobs_writing() as session:
            await self.lease.renew(session, agenda_read_to=read_to, agenda_certain_to=certain_to)
            query = select(SyncEvent).where(
                col(SyncEvent.link_id) == self.lease.link_id, col(SyncEvent.appointment_id).in_(readings)
            )
            rows = {row.appointment_id: row for row in await session.scalars(query)}
            stale = [row.id for id, row in rows.items() if readings[id].version > row.known_version]
            await mark(session, stale)
            new = [
                self._row(Tracked(id, remote_id(self.rules.key, id, 0)), is_dirty=True)
                | {"starts_at": reading.fields.period.start}
                for id, reading in readings.items()
                if id not in rows and reading.is_live and reading.fields.period.end > self.since
            ]
            if new:
                await session.execute(insert(SyncEvent), new)

    async def _rows(self, session: WriteSession, remote_ids: Iterable[str] | None = None) -> list[SyncEvent]:
        query = select(SyncEvent).where(col(SyncEvent.link_id) == self.lease.link_id)
        if remote_ids is not None:
            query = query.where(col(SyncEvent.remote_id).in_(list(remote_ids)))
        return list((await session.scalars(query)).all())

    async def _update(self, session: WriteSession, event_id: UUID, arrival: Arrival) -> None:
        values = columns_of(arrival.tracked)
        if arrival.is_dirty:
            values |= {"is_dirty": True, "marks": SyncEvent.marks + 1, "next_try_at": None}
        await session.execute(update(SyncEvent).where(col(SyncEvent.id) == event_id).values(**values))

    def _row(self, tracked: Tracked, *, is_dirty: bool, kind: str = "appointment") -> dict[str, Any]:
        return {
            "id": uuid7(),
            "practice_id": self.lease.practice_id,
            "link_id": self.lease.link_id,
            "kind": kind,
            "is_dirty": is_dirty,
            "marks": 0,
            "known_version": 0,
            "attempts": 0,
            "flag": None,
            "starts_at": tracked.seen.period.start if tracked.seen and tracked.seen.period else None,
            **columns_of(tracked),
        }


async def mark(session: WriteSession, event_ids: list[UUID]) -> None:
    """These rows have something to settle."""
    if event_ids:
        values: dict[str, Any] = {"is_dirty": True, "marks": SyncEvent.marks + 1, "next_try_at": None}
        values["updated_at"] = system_now()
        await session.execute(update(SyncEvent).where(col(SyncEvent.id).in_(event_ids)).values(**values))


async def pull_agenda(
    agenda: AgendaClient, intake: Intake, read_to: datetime | None, *, is_certain: bool
) -> None:
    """The safety net under the events, and the first reading of a new link.

    A change becomes visible a little after the time that it bears, so the last ones are read again until they
    lie back far enough: then nothing can appear before them any more."""
    asked_at = system_now()
    async for changed in agenda.changed(read_to, intake.since, is_certain=is_certain):
        is_old = changed.read_to is not None and asked_at > changed.read_to + CERTAIN_AFTER
        await intake.take_agenda(changed.readings, changed.read_to, changed.read_to if is_old else None)
