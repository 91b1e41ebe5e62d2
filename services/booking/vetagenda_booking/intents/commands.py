"""Writes intents: recorded before the agenda is told, answered or abandoned after."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_booking.tables import Intent
from vetagenda_kit.db import WriteSession

LEASE = timedelta(seconds=12)
"""Longer than the agenda is given to answer: when it has passed, whoever held it is gone."""


async def record(session: WriteSession, intent: Intent) -> bool:
    """False when a rival under the same key was first."""
    statement = insert(Intent).values(intent.model_dump()).on_conflict_do_nothing().returning(col(Intent.id))
    return (await session.execute(statement)).first() is not None


async def take_over(session: WriteSession, intent_id: UUID, now: datetime) -> Intent | None:
    """The open intent with a lease of one's own, or None while somebody else works on it."""
    statement = (
        update(Intent)
        .where(col(Intent.id) == intent_id, col(Intent.status).is_(None), col(Intent.leased_until) < now)
        .values(leased_until=now + LEASE)
        .returning(Intent)
    )
    return (await session.scalars(statement)).first()


async def abandon(session: WriteSession, intent: Intent) -> None:
    """The agenda refused: nothing happened, and the key is free again. Not if another has the lease now."""
    held = col(Intent.leased_until) == intent.leased_until
    await session.execute(delete(Intent).where(col(Intent.id) == intent.id, held))


async def prune(session: WriteSession, before: datetime) -> None:
    await session.execute(
        delete(Intent).where(col(Intent.created_at) < before, col(Intent.status).is_not(None))
    )
