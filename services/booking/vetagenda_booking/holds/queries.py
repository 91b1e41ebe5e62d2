"""Selects of holds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_booking.holds.rules import digest
from vetagenda_booking.intents.orders import maker
from vetagenda_booking.tables import Hold, Intent
from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import NotFound

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:keeper, 0))")


async def kept_at_once(session: WriteSession, practice_id: UUID, actor: Actor, now: datetime) -> int:
    """How many holds the caller has open there or is about to get; until the end of the transaction nobody
    else counts the caller's. `now` is the practice's time."""
    keeper = maker(actor)
    await session.execute(_LOCK, {"keeper": f"{practice_id} {keeper}"})
    placed = select(func.count()).where(
        col(Hold.practice_id) == practice_id,
        col(Hold.placed_by) == keeper,
        col(Hold.released_at).is_(None),
        col(Hold.expires_at) > now,
    )
    coming = select(func.count()).where(
        col(Intent.practice_id) == practice_id,
        col(Intent.kind) == "place-hold",
        col(Intent.status).is_(None),
        col(Intent.actor_kind) == actor.kind,
        col(Intent.actor_id) == actor.id,
    )
    row = (await session.execute(select(placed.scalar_subquery() + coming.scalar_subquery()))).one()
    count: int = row[0]
    return count


async def by_token(session: AsyncSession, token: str) -> Hold | None:
    return (await session.scalars(select(Hold).where(col(Hold.token_digest) == digest(token)))).first()


async def placed_by(session: AsyncSession, hold_id: UUID, caller: str) -> Hold:
    """Only who placed it may give it back. Raises NotFound."""
    hold = await session.get(Hold, hold_id)
    if hold is None or hold.placed_by != caller:
        raise NotFound("there is no such hold of yours")
    return hold
