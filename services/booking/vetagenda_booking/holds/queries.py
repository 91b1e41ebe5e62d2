"""Selects of holds."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_booking.holds.rules import digest
from vetagenda_booking.tables import Hold
from vetagenda_kit.problems import NotFound


async def by_token(session: AsyncSession, token: str) -> Hold | None:
    return (await session.scalars(select(Hold).where(col(Hold.token_digest) == digest(token)))).first()


async def placed_by(session: AsyncSession, hold_id: UUID, caller: str) -> Hold:
    """Only who placed it may give it back. Raises NotFound."""
    hold = await session.get(Hold, hold_id)
    if hold is None or hold.placed_by != caller:
        raise NotFound("there is no such hold of yours")
    return hold
