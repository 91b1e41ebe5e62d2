"""Brings the ledger in line with a message at the desk: told while it is there, withdrawn when it is gone."""

from datetime import datetime
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import DeskMessagePlanned
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.tracing import traceparent
from vetagenda_reminders.desk.rules import Notice, notices, rule_of
from vetagenda_reminders.facts import DeskMessageFacts, PracticeFacts
from vetagenda_reminders.ledger import outdating, queries, steps
from vetagenda_reminders.ledger.vocabulary import Purpose, SkipReason
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.notices.addresses import recipient_key
from vetagenda_reminders.tables import DeskMessagePlan, Reminder


async def bring_in_line(
    session: WriteSession,
    message_id: UUID,
    practice: PracticeFacts,
    message: DeskMessageFacts | None,
    actor: Actor,
) -> None:
    """One message, under the lock of its plan. None is one that the agenda does not know any more."""
    plan = await session.get(DeskMessagePlan, message_id, with_for_update=True)
    if plan is None or (message is not None and message.version < plan.seen_version):
        return
    now = practice.now or system_now()
    rows = await queries.of_subjects(session, [message_id])
    if message is None or not message.stands:
        outdating.take_back(session, rows, now, actor, SkipReason.GONE)
    elif not rows:
        _tell(session, message, practice, now, actor)
    await session.delete(plan)


def _tell(
    session: WriteSession, message: DeskMessageFacts, practice: PracticeFacts, now: datetime, actor: Actor
) -> None:
    rows = [_row(message, practice, notice) for notice in notices(message, practice.zone, now)]
    session.add_all(rows)
    steps.note_made(session, rows, actor, now)
    event = DeskMessagePlanned(
        practice_id=practice.id,
        actor=actor,
        aggregate_id=message.id,
        version=message.version,
        planned=[row.id for row in rows],
    )
    outbox.add(session, event)


def _row(message: DeskMessageFacts, practice: PracticeFacts, notice: Notice) -> Reminder:
    return Reminder(
        id=uuid7(),
        practice_id=practice.id,
        subject_id=message.id,
        subject_sequence=0,
        rule=rule_of(message),
        channel=notice.channel,
        recipient_key=recipient_key(notice.address),
        purpose=Purpose.MESSAGE,
        owner_id=message.owner_id,
        due_at=notice.due_at,
        useful_until=notice.useful_until,
        send_on=local_day(notice.due_at, practice.zone),
        virtual=practice.now is not None,
        traceparent=traceparent(),
    )
