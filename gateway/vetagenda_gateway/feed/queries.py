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


async def bounds(session: AsyncSession, practice_id: UUID) -> tuple[int, int]:
    """The oldest number still kept (or the next to be given), and the newest given (0 before the first).

    One statement: an event may come at any time.
    """
    oldest = select(func.min(feed_event.c.sequence)).where(feed_event.c.practice_id == practice_id)
    given = select(practice_feed.c.last).where(practice_feed.c.practice_id == practice_id)
    newest = func.coalesce(given.scalar_subquery(), 0)
    row = (await session.execute(select(func.coalesce(oldest.scalar_subquery(), newest + 1), newest))).one()
    return row[0], row[1]


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
