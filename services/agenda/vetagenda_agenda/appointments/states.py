"""Every coming appointment in short, page by page: for who compares what he heard with what is so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.tables import Appointment
from vetagenda_kit.db import ReadSession
from vetagenda_kit.models import ViewModel


class StateView(ViewModel):
    """`updated_at` is real time: what changed a moment ago may not have been told yet."""

    id: UUID
    version: int
    status: str
    start: datetime
    updated_at: datetime


class StatesPage(ViewModel):
    """In the order of ids; `next` is the id to ask on from."""

    items: list[StateView]
    next: UUID | None


async def coming(
    session: ReadSession, practice_id: UUID, since: datetime, after: UUID | None, limit: int
) -> StatesPage:
    """Those that start after an instant, whatever their status: a cancelled one tells of a lost event too."""
    of_states = [getattr(Appointment, name) for name in StateView.model_fields]
    query = select(*of_states).where(
        col(Appointment.practice_id) == practice_id, col(Appointment.start) > since
    )
    if after:
        query = query.where(col(Appointment.id) > after)
    rows = (await session.execute(query.order_by(col(Appointment.id)).limit(limit))).all()
    items = [StateView.model_validate(row) for row in rows]
    return StatesPage(items=items, next=items[-1].id if len(items) == limit else None)
