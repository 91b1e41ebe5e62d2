"""The inbox "updated appointments": what staff should look at (AGD-9)."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from vetagenda_agenda.tables import Appointment, UpdateItem
from vetagenda_contracts.agenda import UpdateAcknowledged
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import NotFound

if TYPE_CHECKING:
    from vetagenda_agenda.appointments.telling import Context


def add(session: WriteSession, appointment: Appointment, kind: str, now: datetime) -> None:
    session.add(
        UpdateItem(
            id=uuid7(),
            practice_id=appointment.practice_id,
            appointment_id=appointment.id,
            kind=kind,
            created_at=now,
        )
    )


async def close(
    session: WriteSession, appointment_id: UUID, context: "Context", kind: str | None = None
) -> None:
    """What was to be looked at has been answered or is gone; only what is of the kind, if one is given."""
    open_items = [
        col(UpdateItem.appointment_id) == appointment_id,
        col(UpdateItem.acknowledged_at).is_(None),
        *([col(UpdateItem.kind) == kind] if kind else []),
    ]
    by = f"{context.actor.kind}:{context.actor.id}"
    await session.execute(
        update(UpdateItem).where(*open_items).values(acknowledged_at=context.now, acknowledged_by=by)
    )


async def acknowledge(
    session: WriteSession, practice_id: UUID, item_id: UUID, actor: Actor, now: datetime
) -> UpdateItem:
    """Take an item off the list; the first to do so is kept. Raises NotFound."""
    item = await session.get(UpdateItem, item_id, with_for_update=True)
    if item is None or item.practice_id != practice_id:
        raise NotFound("there is no such update")
    if item.acknowledged_at is None:
        item.acknowledged_at, item.acknowledged_by = now, f"{actor.kind}:{actor.id}"
        event = UpdateAcknowledged(
            practice_id=practice_id,
            actor=actor,
            aggregate_id=item.id,
            version=2,
            appointment_id=item.appointment_id,
        )
        outbox.add(session, event)
    return item
