"""What belongs to a column of the agenda, of its practice: links and feeds."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.feeds.tables import CalendarFeed
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.pages import PageRequest
from vetagenda_kit.problems import NotFound

Row = TypeVar("Row", CalendarLink, CalendarFeed)


async def row_of(
    session: AsyncSession, table: type[Row], practice_id: UUID, id: UUID, *, name: str, lock: bool
) -> Row:
    """Raises NotFound, also for another practice's."""
    query = select(table).where(col(table.id) == id, col(table.practice_id) == practice_id)
    found: Row | None = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(f"there is no such {name}")
    return found


async def rows_of(
    session: AsyncSession, table: type[Row], practice_id: UUID, paging: PageRequest, calendar_id: UUID | None
) -> tuple[list[Row], str | None]:
    """One page in the order of creation, and the next one's cursor."""
    query = select(table).where(col(table.practice_id) == practice_id)
    if calendar_id:
        query = query.where(col(table.calendar_id) == calendar_id)
    if last := paging.after_id():
        query = query.where(col(table.id) > last)
    found = await session.scalars(query.order_by(col(table.id)).limit(paging.reach))
    return paging.cut(found.all())
