"""Streams of all that a practice has, in batches by key: a slow reader holds no connection."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.exchange import calendar_files, spreadsheets
from vetagenda_agenda.exchange.calendar_files import Entry
from vetagenda_agenda.tables import Animal, Appointment, AppointmentType, Calendar, Owner
from vetagenda_kit.db import Database

BATCH = 500


@dataclass(frozen=True)
class Wanted:
    """Appointments that intersect [start, end), of one calendar or of all."""

    practice_id: UUID
    start: datetime | None = None
    end: datetime | None = None
    calendar_id: UUID | None = None

    def of(self, query: Select[Any]) -> Select[Any]:
        query = query.where(col(Appointment.practice_id) == self.practice_id)
        if self.start:
            query = query.where(col(Appointment.end) > self.start)
        if self.end:
            query = query.where(col(Appointment.start) < self.end)
        if self.calendar_id:
            query = query.where(col(Appointment.calendar_ids).contains([self.calendar_id]))
        return query


async def calendar(db: Database, wanted: Wanted, zone: ZoneInfo, now: datetime) -> AsyncIterator[bytes]:
    """One VCALENDAR; cancelled appointments are in it with STATUS:CANCELLED."""
    async with db.reading([wanted.practice_id]) as session:
        bounds: Any = select(func.min(col(Appointment.start)), func.max(col(Appointment.end)))
        first, last = tuple((await session.execute(wanted.of(bounds))).one())
    yield calendar_files.head(zone, first or now, last or now)
    async for entries in _entries(db, wanted):
        yield b"".join(calendar_files.event(entry, zone) for entry in entries)
    yield calendar_files.tail()


async def appointments(db: Database, wanted: Wanted, zone: ZoneInfo) -> AsyncIterator[str]:
    yield spreadsheets.rows([spreadsheets.APPOINTMENTS])
    async for entries in _entries(db, wanted):
        yield spreadsheets.rows(spreadsheets.appointment(entry, zone) for entry in entries)


async def owners(db: Database, practice_id: UUID) -> AsyncIterator[str]:
    yield spreadsheets.rows([spreadsheets.OWNERS])
    async for batch in _records(db, practice_id, Owner):
        yield spreadsheets.rows(spreadsheets.owner(row) for row in batch)


async def animals(db: Database, practice_id: UUID) -> AsyncIterator[str]:
    yield spreadsheets.rows([spreadsheets.ANIMALS])
    async for batch in _records(db, practice_id, Animal):
        yield spreadsheets.rows(spreadsheets.animal(row) for row in batch)


async def encoded(text: AsyncIterator[str], *, bom: bool) -> AsyncIterator[bytes]:
    """UTF-8; spreadsheets that take a file for the machine's own encoding need the mark."""
    if bom:
        yield spreadsheets.BOM.encode()
    async for part in text:
        yield part.encode()


async def _records(db: Database, practice_id: UUID, table: Any) -> AsyncIterator[Sequence[Any]]:
    query = select(table).where(table.practice_id == practice_id, table.deleted_at.is_(None))
    last: UUID | None = None
    while True:
        after = query.where(table.id > last) if last else query
        async with db.reading([practice_id]) as session:
            batch = (await session.scalars(after.order_by(table.id).limit(BATCH))).all()
        yield batch
        if len(batch) < BATCH:
            return
        last = batch[-1].id


async def _entries(db: Database, wanted: Wanted) -> AsyncIterator[list[Entry]]:
    """By start and id: an appointment that moves meanwhile may be met twice or not at all, others never."""
    start, key = col(Appointment.start), col(Appointment.id)
    query = wanted.of(select(Appointment)).order_by(start, key).limit(BATCH)
    last: Appointment | None = None
    while True:
        after = (
            query.where((start > last.start) | ((start == last.start) & (key > last.id))) if last else query
        )
        async with db.reading([wanted.practice_id]) as session:
            batch = (await session.scalars(after)).all()
            entries = await _named(session, batch)
        yield entries
        if len(batch) < BATCH:
            return
        last = batch[-1]


async def _named(session: AsyncSession, batch: Sequence[Appointment]) -> list[Entry]:
    calendars = await _names(session, Calendar, {each for row in batch for each in row.calendar_ids})
    types = await _names(session, AppointmentType, {row.appointment_type_id for row in batch})
    people = await _living_owners(session, {row.owner_id for row in batch})
    owners = {key: f"{owner.given_name} {owner.family_name}".strip() for key, owner in people.items()}
    return [
        Entry(
            row,
            [calendars[each] for each in row.calendar_ids if each in calendars],
            types.get(row.appointment_type_id, ""),
            owners.get(row.owner_id, row.owner_name or ""),
        )
        for row in batch
    ]


async def _living_owners(session: AsyncSession, ids: Iterable[UUID | None]) -> dict[UUID | None, Owner]:
    """A deleted owner's name leaves with nobody's file."""
    found = await _by_id(session, Owner, ids)
    return {key: owner for key, owner in found.items() if owner.deleted_at is None}


async def _names(session: AsyncSession, table: Any, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    return {key: row.name for key, row in (await _by_id(session, table, ids)).items()}


async def _by_id(session: AsyncSession, table: Any, ids: Iterable[UUID | None]) -> dict[UUID | None, Any]:
    wanted = {each for each in ids if each}
    if not wanted:
        return {}
    return {row.id: row for row in await session.scalars(select(table).where(table.id.in_(wanted)))}
