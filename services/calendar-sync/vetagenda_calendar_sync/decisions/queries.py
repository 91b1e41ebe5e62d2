"""Reading what waits for a person."""

from collections import Counter
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.decisions.rules import What
from vetagenda_calendar_sync.decisions.schemas import (
    DecisionsView,
    DecisionView,
    HeldView,
    side,
)
from vetagenda_calendar_sync.tables import CalendarLink, SyncConflict, SyncEvent
from vetagenda_kit.problems import NotFound

SHOWN = 500


async def held(
    session: AsyncSession, link: CalendarLink, kind: str, rows: list[UUID] | None, *, lock: bool = False
) -> list[SyncEvent]:
    """Oldest first. Raises NotFound when one of `rows` does not wait for such a decision."""
    query = select(SyncEvent).where(col(SyncEvent.link_id) == link.id, col(SyncEvent.held) == kind)
    if rows is not None:
        query = query.where(col(SyncEvent.id).in_(rows))
    query = query.order_by(col(SyncEvent.id))
    found = list((await session.scalars(query.with_for_update() if lock else query)).all())
    if rows is not None and len(found) < len(set(rows)):
        raise NotFound("one of these rows does not wait for a decision")
    return found


async def decisions(session: AsyncSession, link: CalendarLink) -> DecisionsView:
    query = select(SyncEvent).where(col(SyncEvent.link_id) == link.id, col(SyncEvent.held).is_not(None))
    by_kind: dict[str, list[SyncEvent]] = {}
    for row in await session.scalars(query.order_by(col(SyncEvent.id))):
        by_kind.setdefault(str(row.held), []).append(row)
    return DecisionsView(items=[_decision(kind, rows) for kind, rows in sorted(by_kind.items())])


def _decision(kind: str, rows: list[SyncEvent]) -> DecisionView:
    counts: Counter[What] = Counter((row.held_values or {})["what"] for row in rows)
    views = [_row(row) for row in rows[:SHOWN]]
    return DecisionView(kind=kind, count=len(rows), counts=dict(counts), rows=views)


def _row(row: SyncEvent) -> HeldView:
    values = row.held_values or {}
    return HeldView(
        id=row.id,
        appointment_id=row.appointment_id,
        what=values["what"],
        remote=side(values["remote"]),
        agenda=side(values["agenda"]),
    )


async def conflicts(session: AsyncSession, link: CalendarLink, rows: list[UUID] | None) -> list[SyncConflict]:
    """The open ones, oldest first, locked. Raises NotFound when one of `rows` is none of them."""
    query = select(SyncConflict).where(
        col(SyncConflict.link_id) == link.id, col(SyncConflict.status) == "open"
    )
    if rows is not None:
        query = query.where(col(SyncConflict.id).in_(rows))
    query = query.order_by(col(SyncConflict.id)).with_for_update()
    found = list((await session.scalars(query)).all())
    if rows is not None and len(found) < len(set(rows)):
        raise NotFound("one of these rows is no open conflict of this link")
    return found
