"""Making, changing and revoking feeds. Each says so by an event."""

from datetime import datetime
from uuid import UUID

from vetagenda_calendar_sync.feeds import rules
from vetagenda_calendar_sync.feeds.schemas import FeedPatch, NewFeed
from vetagenda_calendar_sync.feeds.tables import CalendarFeed
from vetagenda_contracts import calendar_sync as events
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7


async def create(
    session: WriteSession, practice_id: UUID, order: NewFeed, now: datetime, actor: Actor
) -> tuple[CalendarFeed, str]:
    """The feed and its secret, which is told once. The calendar was asked of the agenda before."""
    secret = rules.new_secret()
    feed = CalendarFeed(
        id=uuid7(),
        practice_id=practice_id,
        secret_hash=rules.hash_of(secret),
        secret_made_at=now,
        created_at=now,
        updated_at=now,
        **order.model_dump(),
    )
    session.add(feed)
    _tell(session, events.FeedCreated, feed, actor)
    return feed, secret


async def change(
    session: WriteSession, feed: CalendarFeed, patch: FeedPatch, now: datetime, actor: Actor
) -> None:
    for name, value in patch.changes().items():
        setattr(feed, name, value)
    _touch(feed, now)
    _tell(session, events.FeedUpdated, feed, actor)


async def rotate(session: WriteSession, feed: CalendarFeed, now: datetime, actor: Actor) -> str:
    """A new secret; the former address is as unknown as if it had never been."""
    secret = rules.new_secret()
    feed.secret_hash, feed.secret_made_at = rules.hash_of(secret), now
    _touch(feed, now)
    _tell(session, events.FeedRotated, feed, actor)
    return secret


async def revoke(session: WriteSession, feed: CalendarFeed, actor: Actor) -> None:
    feed.version += 1  # an end is news: who has seen the version before would skip it
    _tell(session, events.FeedDeleted, feed, actor)
    await session.delete(feed)


def _touch(feed: CalendarFeed, now: datetime) -> None:
    feed.version += 1
    feed.updated_at = now


def _tell(session: WriteSession, kind: type[events.FeedEvent], feed: CalendarFeed, actor: Actor) -> None:
    event = kind(
        practice_id=feed.practice_id,
        actor=actor,
        aggregate_id=feed.id,
        version=feed.version,
        calendar_id=feed.calendar_id,
        privacy=feed.privacy,
    )
    outbox.add(session, event)
