"""Reading the feed: only its own tables, whatever happens elsewhere."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_gateway.partners.sight import shown, sight
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


@dataclass(frozen=True)
class Numbered:
    """One event with its number, as its reader sees it."""

    sequence: int
    event: dict[str, Any]


_AFTER = "SELECT sequence, event, {sight} AS sight FROM feed_event WHERE practice_id = :practice_id"
_IN_ORDER = " AND sequence > :after ORDER BY sequence LIMIT :limit"
_BY_ALL = text(_AFTER.format(sight="'whole'") + _IN_ORDER)
_BY_PARTNER = text(
    _AFTER.format(sight=sight("event", "feed_event.practice_id", "CAST(:partner_id AS uuid)")) + _IN_ORDER
)


async def after(
    session: AsyncSession, practice_id: UUID, sequence: int, limit: int, partner_id: UUID | None
) -> list[Numbered]:
    """The next events in order. What a partner may not see is a gap with its number."""
    asked = {"practice_id": practice_id, "after": sequence, "limit": limit}
    if partner_id is None:
        rows = await session.execute(_BY_ALL, asked)
    else:
        rows = await session.execute(_BY_PARTNER, asked | {"partner_id": partner_id})
    return [Numbered(row.sequence, shown(row.event, row.sight)) for row in rows]
