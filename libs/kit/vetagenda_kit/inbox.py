"""What a consumer has had: every event, and of each aggregate the newest version.

Versions are counted by the service that publishes them, so they are kept by service too: what two of them
tell of one id does not hide each other.
"""

from uuid import UUID

from sqlalchemy import text

from vetagenda_contracts.events import Event
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession

# As text: one of them is on the way of every event, and building it took longer than its round trip.
_FIRST_TIME = text(
    "INSERT INTO inbox (consumer, event_id, practice_id, received_at)"
    " VALUES (:consumer, :event_id, :practice_id, :received_at) ON CONFLICT DO NOTHING RETURNING event_id"
)
_FIRST_TIME_AND_NEWER = text(
    "WITH first_time AS (INSERT INTO inbox (consumer, event_id, practice_id, received_at)"
    " VALUES (:consumer, :event_id, :practice_id, :received_at) ON CONFLICT DO NOTHING"
    " RETURNING consumer, practice_id)"
    " INSERT INTO aggregate_seen AS seen (consumer, source, aggregate_id, practice_id, version)"
    " SELECT consumer, CAST(:source AS text), CAST(:aggregate_id AS uuid), practice_id,"
    " CAST(:version AS integer) FROM first_time"
    " ON CONFLICT (consumer, source, aggregate_id)"
    " DO UPDATE SET version = excluded.version WHERE seen.version < excluded.version RETURNING version"
)


async def is_new(
    session: WriteSession, consumer: str, event_id: UUID, event: Event, *, ordered: bool
) -> bool:
    """Note the event. False when it was had, or (`ordered`) a version of its aggregate that is as new."""
    row: dict[str, object] = {
        "consumer": consumer,
        "event_id": event_id,
        "practice_id": event.practice_id,
        "received_at": system_now(),
    }
    if not ordered:
        return (await session.execute(_FIRST_TIME, row)).first() is not None
    row |= {"source": event.service(), "aggregate_id": event.aggregate_id, "version": event.version}
    return (await session.execute(_FIRST_TIME_AND_NEWER, row)).first() is not None
