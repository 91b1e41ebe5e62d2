"""Takes an owner's answer down, once, and tells what it meant."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import ReplyReceived
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_sms.carriers.port import Heard
from vetagenda_sms.messages.commands import practice_time
from vetagenda_sms.replies import queries
from vetagenda_sms.replies.rules import meaning_of
from vetagenda_sms.replies.tables import Reply
from vetagenda_sms.tables import Message

ANSWERED_WITHIN = timedelta(days=14)
"""Whoever writes later writes about something else."""


async def take(
    session: WriteSession, carrier: str, heard: Heard, actor: Actor, *, at: datetime | None = None
) -> Reply | None:
    """Keep it with the message that it answers. None when there is no such message, or when the carrier has
    told it before. `at` is the practice's instant; without it the message's own clock says.

    A STOP is only told: no list of those who want no SMS is kept yet, and nothing is held back for it.
    """
    message = await queries.newest_to(session, heard.sender, heard.practice_id)
    if message is None or message.submitted_at is None:
        return None
    at = at or practice_time(message)
    if at - message.submitted_at > ANSWERED_WITHIN:
        return None
    reply = _reply(message, carrier, heard, at)
    columns = reply.model_dump()
    kept = insert(Reply).values(columns).on_conflict_do_nothing().returning(col(Reply.id))
    if await session.scalar(kept) is None:
        return None
    message.version += 1
    _tell(session, message, reply, actor)
    return reply


def _reply(message: Message, carrier: str, heard: Heard, at: datetime) -> Reply:
    return Reply(
        id=uuid7(),
        practice_id=message.practice_id,
        message_id=message.id,
        carrier=carrier,
        carrier_reference=heard.reference,
        text=heard.text,
        meaning=meaning_of(heard.text),
        received_at=at,
        recorded_at=system_now(),
    )


def _tell(session: WriteSession, message: Message, reply: Reply, actor: Actor) -> None:
    said = ReplyReceived(
        practice_id=message.practice_id,
        actor=actor,
        aggregate_id=message.id,
        version=message.version,
        message_id=message.id,
        reply_id=reply.id,
        meaning=reply.meaning.value,
        at=reply.received_at,
    )
    outbox.add(session, said)


async def forget_texts(session: WriteSession, before: datetime) -> None:
    """What an owner wrote is personal data: dropped when it has served."""
    old = update(Reply).where(col(Reply.recorded_at) < before, col(Reply.text).is_not(None))
    await session.execute(old.values(text=None).execution_options(synchronize_session=False))
