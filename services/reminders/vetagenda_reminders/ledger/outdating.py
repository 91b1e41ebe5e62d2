"""Takes back what is not to be said any more: at once where it waits, soon after where it was ordered.

An order is only marked here, in the transaction of what made it untrue; `withdrawing` stops it.
What is about to be handed over is marked too, so that a crash or a race in between loses nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.ledger import commands
from vetagenda_reminders.ledger.vocabulary import WAITING, CallBack, Channel, Status
from vetagenda_reminders.tables import Reminder

ORDERED = "ordered"
"""What the ledger says of an SMS that the sms service has and no carrier was given yet."""


def take_back(session: WriteSession, rows: Iterable[Reminder], now: datetime, actor: Actor) -> None:
    """Rows that are locked."""
    for row in rows:
        if row.status in WAITING:
            commands.finish(session, row, Status.WITHDRAWN, now, actor)
        elif is_on_its_way(row):
            row.call_back = CallBack.OUTDATED


def is_on_its_way(row: Reminder) -> bool:
    return is_ordered(row) or row.status is Status.SENDING


def is_ordered(row: Reminder) -> bool:
    return row.channel is Channel.SMS and row.status is Status.SENT and row.delivery == ORDERED


async def doubt(session: WriteSession, animal_id: UUID) -> None:
    """The animal has changed: what was ordered about it, alone or with another visit, is asked about."""
    about = col(Reminder.animal_ids).contains([animal_id])
    told_with = select(col(Reminder.merged_into)).where(about, col(Reminder.merged_into).is_not(None))
    on_its_way = or_(
        and_(col(Reminder.status) == Status.SENT, col(Reminder.delivery) == ORDERED),
        col(Reminder.status) == Status.SENDING,
    )
    statement = update(Reminder).where(
        or_(about, col(Reminder.id).in_(told_with)),
        col(Reminder.channel) == Channel.SMS,
        col(Reminder.call_back).is_(None),
        on_its_way,
    )
    marked = statement.values(call_back=CallBack.DOUBTED)
    await session.execute(marked.execution_options(synchronize_session=False))
