"""Reading what waits for a person."""

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.decisions.rules import ConflictAnswered, What
from vetagenda_calendar_sync.decisions.schemas import (
    DecisionsView,
    DecisionView,
    DifferenceView,
    HeldView,
    remote_side,
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
    return DecisionsView(items=[_decision(kind, rows, link) for kind, rows in sorted(by_kind.items())])


def _decision(kind: str, rows: list[SyncEvent], link: CalendarLink) -> DecisionView:
    counts: Counter[What] = Counter((row.held_values or {})["what"] for row in rows)
    views = [_row(row, link) for row in rows[:SHOWN]]
    return DecisionView(kind=kind, count=len(rows), counts=dict(counts), rows=views)


def _row(row: SyncEvent, link: CalendarLink) -> HeldView:
    values = row.held_values or {}
    return HeldView(
        id=row.id,
        appointment_id=row.appointment_id,
        what=values["what"],
        differences=_differences(values),
        remote=remote_side(values["remote"], link),
        agenda=side(values["agenda"]),
    )


def _differences(values: dict[str, Any]) -> list[DifferenceView]:
    told = values.get("differences", {})
    return [
        DifferenceView(field=field, remote=remote, agenda=agenda) for field, (remote, agenda) in told.items()
    ]


async def conflicts(session: AsyncSession, link: CalendarLink, rows: list[UUID] | None) -> list[SyncConflict]:
    """The open ones, or those of `rows`: oldest first, locked. Raises NotFound when one of `rows` is no
    conflict of this link, ConflictAnswered when one is not open any more."""
    is_asked = col(SyncConflict.status) == "open" if rows is None else col(SyncConflict.id).in_(rows)
    query = select(SyncConflict).where(col(SyncConflict.link_id) == link.id, is_asked)
    found = list((await session.scalars(query.order_by(col(SyncConflict.id)).with_for_update())).all())
    if rows is not None and len(found) < len(set(rows)):
        raise NotFound("there is no such conflict of this link")
    if answered := [each.id for each in found if each.status != "open"]:
        raise ConflictAnswered(rows=[str(id) for id in answered])
    return found
