"""The transactional outbox: an event is committed with the change that it tells of, or not at all."""

from typing import Any

from sqlalchemy import delete, text, update

from vetagenda_contracts.events import CloudEvent, Event
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.own_connection import OwnConnection
from vetagenda_kit.plumbing import outbox
from vetagenda_kit.tracing import traceparent

_PENDING = "outbox"
# As text: it is in every command's transaction, and building an insert took as long as all the rest of it.
_WRITE = text(
    "INSERT INTO outbox (event_id, practice_id, aggregate_id, type, payload, created_at)"
    " SELECT event_id, practice_id, aggregate_id, type, CAST(content AS jsonb), created_at"
    " FROM unnest(CAST(:event_ids AS uuid[]), CAST(:practice_ids AS uuid[]), CAST(:aggregate_ids AS uuid[]),"
    " CAST(:types AS text[]), CAST(:contents AS text[]), CAST(:created_at AS timestamptz[]))"
    " WITH ORDINALITY AS told (event_id, practice_id, aggregate_id, type, content, created_at, place)"
    " ORDER BY place"
)
_UNPUBLISHED = (
    "SELECT id, event_id, aggregate_id, type, payload ->> 'traceparent' AS traceparent,"
    " CAST(payload AS text) AS content FROM outbox"
    " WHERE published_at IS NULL ORDER BY id LIMIT $1"
)
_MARK_PUBLISHED = "UPDATE outbox SET published_at = $2 WHERE id = ANY (CAST($1 AS bigint[]))"


def add(session: WriteSession, event: Event) -> None:
    """Publish `event` when, and only when, this transaction commits. Order is kept."""
    session.info.setdefault(_PENDING, []).append((event, traceparent()))


def has_events(session: WriteSession) -> bool:
    return bool(session.info.get(_PENDING))


async def write_pending(session: WriteSession) -> None:
    """One statement for all events of the transaction, just before its commit."""
    events: list[tuple[Event, str | None]] = session.info.get(_PENDING, [])
    if events:
        columns = zip(*(_row(event, trace) for event, trace in events), strict=True)
        await session.execute(_WRITE, dict(zip(_COLUMNS, map(list, columns), strict=True)))


_COLUMNS = ("event_ids", "practice_ids", "aggregate_ids", "types", "contents", "created_at")


def _row(event: Event, trace: str | None) -> tuple[Any, ...]:
    """The columns' values, in order."""
    now, event_id = system_now(), uuid7()
    content = CloudEvent.of(event, id=event_id, time=now, traceparent=trace).model_dump_json()
    return event_id, event.practice_id, event.aggregate_id, event.type, content, now


async def unpublished(connection: OwnConnection, limit: int) -> list[Any]:
    """The next rows in order: id, event_id, aggregate_id, type, traceparent, content (the CloudEvent as
    JSON text)."""
    return await connection.fetch(_UNPUBLISHED, limit)


async def mark_published(connection: OwnConnection, ids: list[int]) -> None:
    await connection.fetch(_MARK_PUBLISHED, ids, system_now())


async def republish(session: WriteSession, since: Any) -> int:
    """Send again what was published since an instant: fills a stream that was lost or restored."""
    done = await session.execute(
        update(outbox).where(outbox.c.published_at >= since).values(published_at=None).returning(outbox.c.id)
    )
    return len(done.all())


async def prune(session: WriteSession, before: Any) -> None:
    await session.execute(delete(outbox).where(outbox.c.published_at < before))
