"""The lease of a cycle, and rows of the status table as the engine knows them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.engine.state import Base, Seen, Tracked
from vetagenda_calendar_sync.engine.trail import Trail
from vetagenda_calendar_sync.links.rules import ENDING
from vetagenda_calendar_sync.mapping.fields import Fields, RemoteFields
from vetagenda_calendar_sync.pauses.queries import is_paused
from vetagenda_calendar_sync.tables import CalendarLink, SyncBase, SyncEvent
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import ReadSession, WriteSession

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
            .returning(self.has_to_stop())
        )
        return self._answer((await session.execute(statement)).first())

    async def must_stop(self, session: ReadSession) -> bool:
        """As `renew`, without renewing."""
        query = select(self.has_to_stop()).where(
            col(CalendarLink.id) == self.link_id, col(CalendarLink.fencing) == self.fencing
        )
        return self._answer((await session.execute(query)).first())

    def _answer(self, found: Row[Any] | None) -> bool:
        if found is None:
            raise LeaseLost
        return bool(found[0])

    async def link(self, session: WriteSession) -> CalendarLink:
        """For who gives the lease back: nobody else changes it until the commit. Raises LeaseLost."""
        own = (col(CalendarLink.id) == self.link_id) & (col(CalendarLink.fencing) == self.fencing)
        found: CalendarLink | None = await session.scalar(select(CalendarLink).where(own).with_for_update())
        if found is None:
            raise LeaseLost
        return found

    def has_to_stop(self) -> ColumnElement[bool]:
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
