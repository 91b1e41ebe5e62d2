"""Takes an owner's answer down, once, and tells what it meant."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import ReplyReceived
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_sms.carriers.port import Heard
from vetagenda_sms.messages.telling import practice_time
from vetagenda_sms.opt_outs import commands as opt_outs
from vetagenda_sms.opt_outs.tables import Source
from vetagenda_sms.replies import queries
from vetagenda_sms.replies.rules import Meaning, meaning_of
from vetagenda_sms.replies.tables import Reply
from vetagenda_sms.tables import Message

ANSWERED_WITHIN = timedelta(days=14)
"""Whoever writes later writes about something else."""
_WISHES = (Meaning.STOP, Meaning.START)


async def take(
    session: WriteSession,
    carrier: str,
    heard: Heard,
    actor: Actor,
    *,
    number_hash: str,
    at: datetime | None = None,
) -> Reply | None:
    """Keep it with the message that it answers. None when there is no such message, or when the carrier has
    told it before. `at` is the practice's instant; without it the message's own clock says.

    A STOP holds from now on, and a START ends it, however long ago the message was.
    """
    message = await queries.newest_to(session, number_hash, heard.practice_id)
    if message is None or message.submitted_at is None:
        return None
    at = at or practice_time(message)
    reply = _reply(message, carrier, heard, at)
    if at - message.submitted_at > ANSWERED_WITHIN and reply.meaning not in _WISHES:
        return None
    columns = reply.model_dump()
    kept = insert(Reply).values(columns).on_conflict_do_nothing().returning(col(Reply.id))
    if await session.scalar(kept) is None:
        return None
    message.version += 1
    _tell(session, message, reply, actor)
    await _heed(session, message.practice_id, number_hash, reply, actor)
    return reply


async def _heed(
    session: WriteSession, practice_id: UUID, number_hash: str, reply: Reply, actor: Actor
) -> None:
    at = reply.received_at
    if reply.meaning is Meaning.STOP:
        await opt_outs.note_opt_out(session, practice_id, number_hash, Source.REPLY, at, actor)
    elif reply.meaning is Meaning.START:
        await opt_outs.lift(session, practice_id, number_hash, Source.REPLY, at, actor)


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
