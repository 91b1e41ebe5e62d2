"""Writes intents: recorded before the agenda is told, answered or abandoned after."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_booking.intents import rules
from vetagenda_booking.tables import Intent, metadata
from vetagenda_kit.db import WriteSession

_intent = metadata.tables["intent"]
_RECORD = insert(_intent).on_conflict_do_nothing().returning(_intent.c.id)

LEASE = timedelta(seconds=12)
"""Longer than the agenda is given to answer: when it has passed, whoever held it is gone."""


class AlreadyConcluded(Exception):
    """Somebody else has finished this intent meanwhile: the answer is theirs."""


async def record(session: WriteSession, intent: Intent) -> bool:
    """False when a rival under the same key was first."""
    return (await session.execute(_RECORD, intent.model_dump())).first() is not None


async def take_over(session: WriteSession, intent_id: UUID, now: datetime) -> Intent | None:
    """The open intent with a lease of one's own, or None while somebody else works on it or it is not due."""
    statement = (
        update(Intent)
        .where(
            col(Intent.id) == intent_id,
            col(Intent.status).is_(None),
            col(Intent.leased_until) < now,
            col(Intent.next_try_at) <= now,
        )
        .values(leased_until=now + LEASE)
        .returning(Intent)
    )
    return (await session.scalars(statement)).first()


async def conclude(
    session: WriteSession, intent_id: UUID, status: int, headers: Mapping[str, str], sealed: bytes
) -> None:
    """Keep the answer, and lock the intent before anything pending is written. Raises AlreadyConcluded."""
    statement = (
        update(_intent)
        .where(_intent.c.id == intent_id, _intent.c.status.is_(None))
        .values(status=status, headers=dict(headers), sealed=sealed)
        .returning(_intent.c.id)
    )
    with session.no_autoflush:
        if (await session.execute(statement)).first() is None:
            raise AlreadyConcluded


async def abandon(session: WriteSession, intent: Intent) -> None:
    """The agenda refused: nothing happened, and the key is free again. Not if another has the lease now."""
    await session.execute(delete(Intent).where(_held(intent)))


async def put_off(session: WriteSession, intent: Intent, attempts: int, now: datetime) -> None:
    """The agenda has failed at it, `attempts` times by now: the lease ends. Not if another has it."""
    await session.execute(
        update(Intent)
        .where(_held(intent), col(Intent.status).is_(None))
        .values(attempts=attempts, next_try_at=now + rules.delay_after(max(attempts, 1)), leased_until=now)
    )


async def give_up(session: WriteSession, intent: Intent, status: int, sealed: bytes) -> None:
    """Keep as the answer that there will be none. Not if another has the lease now."""
    await session.execute(
        update(Intent)
        .where(_held(intent), col(Intent.status).is_(None))
        .values(status=status, headers={}, sealed=sealed)
    )


def _held(intent: Intent) -> ColumnElement[bool]:
    return and_(col(Intent.id) == intent.id, col(Intent.leased_until) == intent.leased_until)


async def prune(session: WriteSession, before: datetime) -> None:
    await session.execute(
        delete(Intent).where(col(Intent.created_at) < before, col(Intent.status).is_not(None))
    )
