"""Gives holds back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col

from vetagenda_booking.tables import Hold
from vetagenda_kit.db import WriteSession


async def release(session: WriteSession, hold_id: UUID, at: datetime) -> None:
    """A hold that was used or given back serves nobody again."""
    await session.execute(
        update(Hold).where(col(Hold.id) == hold_id, col(Hold.released_at).is_(None)).values(released_at=at)
    )


async def prune(session: WriteSession, before: datetime) -> None:
    await session.execute(delete(Hold).where(col(Hold.expires_at) < before))
