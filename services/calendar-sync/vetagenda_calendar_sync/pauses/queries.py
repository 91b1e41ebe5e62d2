"""Who is paused, and what is still under way."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.pauses.rules import SyncPaused
from vetagenda_calendar_sync.pauses.tables import PLATFORM, SyncPause
from vetagenda_calendar_sync.tables import CalendarLink


def is_paused() -> ColumnElement[bool]:
    """Of a link: it, its practice, or the whole platform."""
    subjects = (col(CalendarLink.id), col(CalendarLink.practice_id), PLATFORM)
    return exists().where(col(SyncPause.subject_id).in_(subjects))


async def pauses_of(session: AsyncSession, links: Iterable[CalendarLink]) -> dict[UUID, SyncPause]:
    """By the link's id: the widest pause that concerns it."""
    links = list(links)
    subjects = {PLATFORM, *(link.id for link in links), *(link.practice_id for link in links)}
    query = select(SyncPause).where(col(SyncPause.subject_id).in_(subjects))
    found = {row.subject_id: row for row in await session.scalars(query)}
    widest = {
        link.id: found.get(PLATFORM) or found.get(link.practice_id) or found.get(link.id) for link in links
    }
    return {link_id: pause for link_id, pause in widest.items() if pause is not None}


async def check(session: AsyncSession, link: CalendarLink) -> None:
    """Raises SyncPaused. For whatever would call the other side outside of a cycle."""
    pause = (await pauses_of(session, [link])).get(link.id)
    if pause is not None:
        told = "under maintenance" if pause.level == "platform" else f"paused ({pause.level})"
        raise SyncPaused(f"the synchronisation is {told}: resume it first", level=pause.level)


async def since(session: AsyncSession, subject_id: UUID) -> datetime | None:
    """When the pause of exactly this began; None without one."""
    pause = await session.get(SyncPause, subject_id)
    return None if pause is None else pause.since


async def running(session: AsyncSession, now: datetime, practice_ids: Collection[UUID] | None = None) -> int:
    """How many cycles are under way."""
    query = select(func.count()).where(col(CalendarLink.lease_until) > now)
    if practice_ids is not None:
        query = query.where(col(CalendarLink.practice_id).in_(practice_ids))
    return await session.scalar(query) or 0
