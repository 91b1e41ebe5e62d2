"""Writing the feed: a batch of a stream's messages is one transaction."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, text, update
from sqlalchemy.dialects import postgresql

from vetagenda_gateway.tables import feed_event, feed_position, practice_feed
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.plumbing import inbox

CONSUMER = "feed"
CHANNEL = "gateway_feed"
_TELL = text("SELECT pg_notify(:channel, :practice)")


@dataclass(frozen=True)
class Message:
    """One message of a stream: a CloudEvent."""

    event_id: UUID
    practice_id: UUID
    event: dict[str, Any]

    @classmethod
    def parsed(cls, content: bytes) -> "Message":
        """Raises ValueError, KeyError, TypeError or AttributeError for what is no event of ours."""
        event = json.loads(content)
        return cls(UUID(event["id"]), UUID(event["data"]["practice_id"]), event)


class PositionTaken(Exception):
    """Another gateway has read on in the stream: this one no longer leads."""


async def append(
    session: WriteSession, stream: str, since: int, messages: Sequence[Message], reached: int
) -> None:
    """Number what is new and note how far the stream was read: from `since` to `reached`.

    Raises PositionTaken, and nothing of the batch is kept then.
    """
    new = await _first_time(session, messages) if messages else []
    by_practice: dict[UUID, list[Message]] = {}
    for message in new:
        by_practice.setdefault(message.practice_id, []).append(message)
    for practice_id in sorted(by_practice):  # in one order everywhere: two streams' batches never deadlock
        await _number(session, practice_id, by_practice[practice_id])
    await _advance(session, stream, since, reached)


async def _first_time(session: WriteSession, messages: Iterable[Message]) -> list[Message]:
    """A stream that was refilled brings events again: the inbox knows them."""
    rows = [
        {
            "consumer": CONSUMER,
            "event_id": m.event_id,
            "practice_id": m.practice_id,
            "received_at": system_now(),
        }
        for m in messages
    ]
    statement = postgresql.insert(inbox).values(rows).on_conflict_do_nothing().returning(inbox.c.event_id)
    new = set((await session.scalars(statement)).all())
    found = []
    for message in messages:
        if message.event_id in new:
            new.discard(message.event_id)
            found.append(message)
    return found


async def _number(session: WriteSession, practice_id: UUID, messages: Sequence[Message]) -> None:
    counted = postgresql.insert(practice_feed).values(practice_id=practice_id, last=len(messages))
    counted = counted.on_conflict_do_update(
        index_elements=["practice_id"], set_={"last": practice_feed.c.last + len(messages)}
    )
    last = (await session.execute(counted.returning(practice_feed.c.last))).scalar_one()
    first, now = last - len(messages) + 1, system_now()
    rows = [
        {"practice_id": practice_id, "sequence": first + offset, "event": message.event, "recorded_at": now}
        for offset, message in enumerate(messages)
    ]
    await session.execute(insert(feed_event), rows)
    await session.execute(_TELL, {"channel": CHANNEL, "practice": str(practice_id)})


async def begin_at(session: WriteSession, stream: str, created_at: datetime) -> int:
    """The last sequence read of a stream; 0 for a stream that was never read, or was made anew."""
    new = {"stream": stream, "stream_created_at": created_at, "last_sequence": 0}
    statement = postgresql.insert(feed_position).values(new)
    statement = statement.on_conflict_do_update(
        index_elements=["stream"], set_=new, where=feed_position.c.stream_created_at != created_at
    )
    await session.execute(statement)
    query = feed_position.select().where(feed_position.c.stream == stream)
    position: int = (await session.execute(query)).one().last_sequence
    return position


async def _advance(session: WriteSession, stream: str, since: int, to: int) -> None:
    position = feed_position.c
    statement = update(feed_position).where(position.stream == stream, position.last_sequence == since)
    advanced = await session.execute(statement.values(last_sequence=to).returning(position.stream))
    if advanced.first() is None:
        raise PositionTaken(stream)


async def forget_before(session: WriteSession, instant: datetime) -> None:
    """Events older than the feed is kept. The numbers go on."""
    await session.execute(delete(feed_event).where(feed_event.c.recorded_at < instant))
