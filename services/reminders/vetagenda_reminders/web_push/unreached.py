"""A push that was a step of a ladder and reached no browser makes way for the next step (REM-17)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.ladder.pushing import is_partners
from vetagenda_reminders.ledger import commands
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.web_push.tables import DeliveryStatus, PushDelivery

_MAY_BE_SEEN = (DeliveryStatus.PLANNED, DeliveryStatus.SENDING, DeliveryStatus.SENT)


async def make_way(
    session: WriteSession, rows: Iterable[Reminder], known: Known, now: datetime, actor: Actor
) -> None:
    """Of those whose deliveries have changed: the rows that no browser has, nor will have. A partner's app
    has those of its own visits all the same."""
    steps = {
        row.id
        for row in rows
        if row.ladder_step is not None and not is_partners(known.appointments.get(row.subject_id))
    }
    if not steps:
        return
    seen = exists().where(
        col(PushDelivery.reminder_id) == col(Reminder.id), col(PushDelivery.status).in_(_MAY_BE_SEEN)
    )
    unseen = select(Reminder).where(col(Reminder.id).in_(steps), col(Reminder.status) == Status.SENT, ~seen)
    for row in await session.scalars(unseen.order_by(col(Reminder.id)).with_for_update()):
        commands.finish(session, row, Status.FAILED, now, actor, reason=SkipReason.NO_DEVICE)
