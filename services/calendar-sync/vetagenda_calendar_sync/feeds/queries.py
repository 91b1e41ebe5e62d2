"""Reading feeds, by their practice or by their secret."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.columns import row_of, rows_of
from vetagenda_calendar_sync.feeds.rules import hash_of
from vetagenda_calendar_sync.feeds.schemas import FeedView
from vetagenda_calendar_sync.feeds.tables import CalendarFeed
from vetagenda_kit.db import Database
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound

NOTED_EVERY = timedelta(hours=1)


async def one(session: AsyncSession, practice_id: UUID, feed_id: UUID, *, lock: bool = False) -> CalendarFeed:
    """Raises NotFound, also for another practice's."""
    return await row_of(session, CalendarFeed, practice_id, feed_id, name="feed", lock=lock)


async def page(
    session: AsyncSession, practice_id: UUID, paging: PageRequest, calendar_id: UUID | None
) -> Page[FeedView]:
    """In the order of creation."""
    rows, following = await rows_of(session, CalendarFeed, practice_id, paging, calendar_id)
    return Page(items=[FeedView.model_validate(row) for row in rows], next=following)


async def by_secret(db: Database, secret: str) -> CalendarFeed:
    """Raises NotFound alike for what was revoked, was rotated away, or never was."""
    query = select(CalendarFeed).where(col(CalendarFeed.secret_hash) == hash_of(secret))
    async with db.jobs_reading() as session:
        feed: CalendarFeed | None = await session.scalar(query)
    if feed is None:
        raise NotFound("there is no such feed")
    return feed


async def note_reading(db: Database, feed: CalendarFeed, now: datetime) -> None:
    """At most once an hour: phones ask every few minutes."""
    if feed.last_read_at and feed.last_read_at > now - NOTED_EVERY:
        return
    seen = col(CalendarFeed.last_read_at)
    statement = (
        update(CalendarFeed)
        .where(col(CalendarFeed.id) == feed.id, or_(seen.is_(None), seen < now - NOTED_EVERY))
        .values(last_read_at=now)
    )
    async with db.jobs_writing() as session:
        await session.execute(statement)
