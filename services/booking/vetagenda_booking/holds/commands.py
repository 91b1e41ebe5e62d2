"""Gives holds back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col

from vetagenda_booking.tables import Hold
from vetagenda_kit.db import WriteSession


async def release(session: WriteSession, hold_id: UUID, at: datetime, *, used: bool) -> None:
    """A hold that was used or given back serves nobody again."""
    open_hold = (col(Hold.id) == hold_id, col(Hold.released_at).is_(None))
    await session.execute(update(Hold).where(*open_hold).values(released_at=at, used=used))


async def prune(session: WriteSession, before: datetime) -> None:
    await session.execute(delete(Hold).where(col(Hold.expires_at) < before))
