"""A visit that is booked answers the calls about products and acts: they leave the list (REM-13, REM-17)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.facts import State
from vetagenda_reminders.ledger import commands
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason, Status
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.tables import Reminder


async def end_calls(
    session: WriteSession, known: Known, ids: Collection[UUID], now: datetime, actor: Actor
) -> None:
    """Of the animals that these appointments bring, whatever a call was about."""
    animals = _coming(known, ids, now)
    if not animals:
        return
    query = (
        select(Reminder)
        .where(
            col(Reminder.practice_id) == known.practice.id,
            col(Reminder.purpose) == Purpose.PRODUCT,
            col(Reminder.channel) == Channel.PHONE,
            col(Reminder.status) == Status.READY,
            col(Reminder.animal_ids).bool_op("&&")(animals),
        )
        .order_by(col(Reminder.id))
        .with_for_update()
    )
    for row in await session.scalars(query):
        commands.finish(session, row, Status.SKIPPED, now, actor, reason=SkipReason.CONFIRMED_BY_OWNER)


def _coming(known: Known, ids: Collection[UUID], now: datetime) -> list[UUID]:
    found = (known.appointments.get(one) for one in ids)
    visits = (one for one in found if one and one.state is State.CONFIRMED and one.start > now)
    return sorted({animal.id for visit in visits for animal in visit.living})
