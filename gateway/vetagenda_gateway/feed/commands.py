"""Writing the feed: what came of all streams meanwhile is one transaction, with the places read up to."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from vetagenda_gateway.partners.following import FOLLOWED, follow
from vetagenda_gateway.tables import feed_event
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.own_connection import OwnConnection

CHANNEL = "gateway_feed"

# One statement, for the feed is written all the time. A stream that was refilled brings events again: the
# inbox knows them. The counters are taken in one order, so that batches of two gateways do not deadlock.
_APPEND = f"""
    WITH arrived AS (
        SELECT * FROM unnest(
            CAST($1 AS uuid[]), CAST($2 AS uuid[]), CAST($3 AS text[])
        ) WITH ORDINALITY AS arrived (event_id, practice_id, content, place)
    ), first_time AS (
        INSERT INTO inbox (consumer, event_id, practice_id, received_at)
        SELECT 'feed', event_id, practice_id, CAST($4 AS timestamptz) FROM arrived
        ON CONFLICT DO NOTHING RETURNING event_id
    ), new AS (
        SELECT practice_id, content, row_number() OVER of_practice AS nth,
            count(*) OVER (PARTITION BY practice_id) AS total
        FROM arrived JOIN first_time USING (event_id)
        WINDOW of_practice AS (PARTITION BY practice_id ORDER BY place)
    ), counted AS (
        INSERT INTO practice_feed AS feed (practice_id, last)
        SELECT practice_id, count(*) FROM new GROUP BY practice_id ORDER BY practice_id
        ON CONFLICT (practice_id) DO UPDATE SET last = feed.last + excluded.last
        RETURNING practice_id, last, pg_notify('{CHANNEL}', CAST(practice_id AS text))
    ), numbered AS (
        INSERT INTO feed_event (practice_id, sequence, event, recorded_at)
        SELECT practice_id, last - total + nth, CAST(content AS jsonb), CAST($4 AS timestamptz)
        FROM new JOIN counted USING (practice_id)
    )
    UPDATE feed_position SET last_sequence = read.reached
    FROM unnest(CAST($5 AS text[]), CAST($6 AS bigint[]), CAST($7 AS bigint[]))
        AS read (stream, since, reached)
    WHERE feed_position.stream = read.stream AND feed_position.last_sequence = read.since
    RETURNING feed_position.stream
"""
_BEGIN_AT = """
    INSERT INTO feed_position AS known (stream, stream_created_at, last_sequence) VALUES ($1, $2, 0)
    ON CONFLICT (stream) DO UPDATE SET stream_created_at = excluded.stream_created_at,
        last_sequence = CASE WHEN known.stream_created_at = excluded.stream_created_at
            THEN known.last_sequence ELSE 0 END
    RETURNING last_sequence
"""


@dataclass(frozen=True)
class Message:
    """One message of a stream: a CloudEvent, as it was published. `changes_sight` is the same, parsed, where
    it says what a partner may see."""

    event_id: UUID
    practice_id: UUID
    content: str
    changes_sight: Mapping[str, Any] | None = None

    @classmethod
    def parsed(cls, content: bytes) -> "Message":
        """Raises ValueError, KeyError, TypeError or AttributeError for what is no event of ours."""
        event = json.loads(content)
        followed = event if event["type"].startswith(FOLLOWED) else None
        return cls(UUID(event["id"]), UUID(event["data"]["practice_id"]), content.decode(), followed)


class PositionTaken(Exception):
    """Another gateway has read on in the stream: this one no longer leads."""


async def append(
    connection: OwnConnection, messages: Iterable[Message], read: Mapping[str, tuple[int, int]]
) -> None:
    """Number what is new, in the order given, and note how far each stream was read: (since, reached).

    Raises PositionTaken, and nothing of the batch is kept then.
    """
    once = _each_once(messages)
    async with connection.transaction():
        advanced = await connection.fetch(
            _APPEND,
            [message.event_id for message in once],
            [message.practice_id for message in once],
            [message.content for message in once],
            system_now(),
            list(read),
            [since for since, _ in read.values()],
            [reached for _, reached in read.values()],
        )
        if len(advanced) != len(read):
            raise PositionTaken
        await follow(connection, [each.changes_sight for each in once if each.changes_sight])


def _each_once(messages: Iterable[Message]) -> list[Message]:
    """The first of those with the same id."""
    first: dict[UUID, Message] = {}
    for message in messages:
        first.setdefault(message.event_id, message)
    return list(first.values())


async def begin_at(connection: OwnConnection, stream: str, created_at: datetime) -> int:
    """The last sequence read of a stream; 0 for a stream that was never read, or was made anew."""
    position: int = (await connection.fetch(_BEGIN_AT, stream, created_at))[0]["last_sequence"]
    return position


async def forget_before(session: WriteSession, instant: datetime) -> None:
    """Events older than the feed is kept. The numbers go on."""
    await session.execute(delete(feed_event).where(feed_event.c.recorded_at < instant))
