"""Every change is written down with who, when, before and after, and told by exactly one event."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert

from vetagenda_agenda.tables import Change
from vetagenda_contracts.events import Event
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession

_PENDING = "changes"


def tell(
    session: WriteSession,
    event: Event,
    *,
    kind: str,
    at: datetime,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """`before` and `after` are whole snapshots: they stay in the agenda, the event has its own extract."""
    change = {
        "practice_id": event.practice_id,
        "kind": kind,
        "subject_id": event.aggregate_id,
        "version": event.version,
        "event_type": event.type,
        "actor_kind": event.actor.kind,
        "actor_id": event.actor.id,
        "at": at,
        "recorded_at": system_now(),
        "before": before,
        "after": after,
    }
    session.info.setdefault(_PENDING, []).append(change)
    outbox.add(session, event)


async def write_pending(session: WriteSession) -> None:
    """One statement for all changes of the transaction, just before its commit."""
    changes: list[dict[str, Any]] = session.info.get(_PENDING, [])
    if changes:
        await session.execute(insert(Change), changes)
