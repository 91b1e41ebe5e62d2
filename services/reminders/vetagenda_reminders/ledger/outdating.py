"""Takes back what is not to be said any more: at once where it waits, soon after where it was ordered.

An order is only marked here, in the transaction of what made it untrue; `withdrawing` stops it. So is what a
person is to do, a letter or a call, when its animal or its owner has changed.
What is about to be handed over is marked too, so that a crash or a race in between loses nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.ledger import commands, queries
from vetagenda_reminders.ledger.vocabulary import BY_HAND, WAITING, CallBack, Channel, SkipReason, Status
from vetagenda_reminders.tables import Reminder

ORDERED = "ordered"
"""What the ledger says of an SMS that the sms service has and no carrier was given yet."""


def take_back(
    session: WriteSession,
    rows: Iterable[Reminder],
    now: datetime,
    actor: Actor,
    reason: SkipReason | None = None,
) -> None:
    """Rows that are locked."""
    for row in rows:
        if row.status in WAITING:
            commands.finish(session, row, Status.WITHDRAWN, now, actor, reason=reason)
        elif is_on_its_way(row):
            row.call_back = CallBack.OUTDATED


def is_on_its_way(row: Reminder) -> bool:
    return is_ordered(row) or row.status is Status.SENDING


def is_ordered(row: Reminder) -> bool:
    return row.channel is Channel.SMS and row.status is Status.SENT and row.delivery == ORDERED


async def doubt(session: WriteSession, animal_id: UUID) -> None:
    """The animal has changed: what was ordered about it, alone or with another visit, is asked about, and
    what a person is to do."""
    about = col(Reminder.animal_ids).contains([animal_id])
    on_its_way = or_(
        and_(col(Reminder.status) == Status.SENT, col(Reminder.delivery) == ORDERED),
        col(Reminder.status) == Status.SENDING,
    )
    telling = col(Reminder.id).in_(queries.telling_of(about))
    ordered = and_(telling, col(Reminder.channel) == Channel.SMS, on_its_way)
    await _doubt(session, ordered)
    await _doubt(session, and_(about, *_by_hand()))


async def doubt_by_hand(session: WriteSession, owner_id: UUID) -> None:
    """The owner has changed, or is no more: whether they are to be called or written to is asked about."""
    await _doubt(session, and_(col(Reminder.owner_id) == owner_id, *_by_hand()))


def _by_hand() -> tuple[ColumnElement[bool], ...]:
    return col(Reminder.channel).in_(BY_HAND), col(Reminder.status) == Status.READY


async def _doubt(session: WriteSession, which: ColumnElement[bool]) -> None:
    statement = update(Reminder).where(which, col(Reminder.call_back).is_(None))
    marked = statement.values(call_back=CallBack.DOUBTED)
    await session.execute(marked.execution_options(synchronize_session=False))
