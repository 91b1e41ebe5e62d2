"""Reading the feed: only its own tables, whatever happens elsewhere."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_gateway.tables import feed_event, practice_feed


async def last(session: AsyncSession, practice_id: UUID) -> int:
    """The newest number given; 0 for a practice without events."""
    query = select(practice_feed.c.last).where(practice_feed.c.practice_id == practice_id)
    return await session.scalar(query) or 0


async def first_kept(session: AsyncSession, practice_id: UUID) -> int:
    """The oldest number still kept, or the next to be given. One statement: an event may come at any time."""
    oldest = select(func.min(feed_event.c.sequence)).where(feed_event.c.practice_id == practice_id)
    newest = select(practice_feed.c.last).where(practice_feed.c.practice_id == practice_id)
    next_given = func.coalesce(newest.scalar_subquery(), 0) + 1
    found: int = await session.scalar(select(func.coalesce(oldest.scalar_subquery(), next_given))) or 1
    return found


async def after(
    session: AsyncSession, practice_id: UUID, sequence: int, limit: int
) -> Sequence[Row[int, dict[str, Any]]]:
    """The next events, each with its number, in order."""
    query = select(feed_event.c.sequence, feed_event.c.event).where(
        feed_event.c.practice_id == practice_id, feed_event.c.sequence > sequence
    )
    rows: Sequence[Row[int, dict[str, Any]]]
    rows = (await session.execute(query.order_by(feed_event.c.sequence).limit(limit))).all()
    return rows
