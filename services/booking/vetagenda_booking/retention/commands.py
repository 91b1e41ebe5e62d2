"""Deletes what was asked for long ago. Of whoever still waits for an answer nothing goes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlmodel import col

from vetagenda_booking.tables import BookingRequest
from vetagenda_kit.db import WriteSession

AT_ONCE = 500


async def forget_requests(session: WriteSession, practice_id: UUID | None, before: datetime) -> bool:
    """Of one test practice or of all live ones (None). True when there may be more."""
    past = select(col(BookingRequest.id)).where(
        col(BookingRequest.end) < before, col(BookingRequest.status) != "requested", _of(practice_id)
    )
    some = past.limit(AT_ONCE).with_for_update(skip_locked=True)
    ids = list((await session.scalars(some)).all())
    await session.execute(delete(BookingRequest).where(col(BookingRequest.id).in_(ids)))
    return len(ids) == AT_ONCE


def _of(practice_id: UUID | None) -> ColumnElement[bool]:
    return (
        ~col(BookingRequest.virtual)
        if practice_id is None
        else col(BookingRequest.practice_id) == practice_id
    )
