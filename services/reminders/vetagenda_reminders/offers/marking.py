"""Marks offers whose messages are to be planned or withdrawn, soon and outside of what changed them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_contracts.agenda import OfferEvent
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.tables import OfferPlan


async def note_change(session: WriteSession, event: OfferEvent) -> None:
    changed = {"dirty": True, "seen_version": event.version, "retry_at": system_now()}
    new = {"offer_id": event.aggregate_id, "practice_id": event.practice_id, "settled": False}
    statement = insert(OfferPlan).values(**new, **changed)
    await session.execute(statement.on_conflict_do_update(index_elements=["offer_id"], set_=changed))


async def look_again_if_settled(session: WriteSession, offer_ids: Collection[UUID]) -> None:
    """It may have been settled between the agenda's answer and the order of a message about it."""
    statement = update(OfferPlan).where(col(OfferPlan.offer_id).in_(offer_ids), col(OfferPlan.settled))
    changed = statement.values(dirty=True, retry_at=system_now())
    await session.execute(changed.execution_options(synchronize_session=False))
