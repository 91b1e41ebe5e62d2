"""What is known of messages; nothing here writes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.messages.schemas import MessageView
from vetagenda_sms.tables import Message


async def get(session: ReadSession | WriteSession, message_id: UUID) -> Message:
    message = await session.get(Message, message_id)
    if message is None:
        raise NotFound("there is no such message")
    return message


async def locked(session: WriteSession, message_id: UUID) -> Message:
    message = await session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise NotFound("there is no such message")
    return message


async def newest_first(session: ReadSession, status: Status | None, paging: PageRequest) -> Page[MessageView]:
    query = (
        select(Message).order_by(col(Message.created_at).desc(), col(Message.id).desc()).limit(paging.reach)
    )
    if status is not None:
        query = query.where(col(Message.status) == status)
    if last := paging.after_moment():
        query = query.where(tuple_(col(Message.created_at), col(Message.id)) < last)
    found = await session.scalars(query)
    shown, following = paging.cut(found.all(), lambda message: (message.created_at, message.id))
    return Page(items=[MessageView.model_validate(message) for message in shown], next=following)


def ready(now: datetime, virtual_since: datetime) -> Select[Message]:
    """Planned messages whose turn it is in real time, the longest waiting first; those of test practices
    only if it has been since an earlier instant."""
    return (
        select(Message)
        .where(
            col(Message.status) == Status.PLANNED,
            col(Message.queued_for) <= now,
            col(Message.virtual).is_(False) | (col(Message.queued_for) <= virtual_since),
        )
        .order_by(col(Message.queued_for))
    )


def due_by_virtual_clock(practice_id: UUID, until: datetime, now: datetime) -> Select[Message]:
    """Planned messages of a test practice up to an instant of its own time, but for those that wait in real
    time for an answer."""
    return (
        select(Message)
        .where(
            col(Message.practice_id) == practice_id,
            col(Message.virtual).is_(True),
            col(Message.status) == Status.PLANNED,
            col(Message.send_on) <= until,
            or_(col(Message.queued_for).is_(None), col(Message.queued_for) <= now),
        )
        .order_by(col(Message.send_on), col(Message.id))
    )


async def next_virtual_instant(session: ReadSession, practice_id: UUID) -> datetime | None:
    query = select(func.min(col(Message.send_on))).where(
        col(Message.practice_id) == practice_id,
        col(Message.virtual).is_(True),
        col(Message.status) == Status.PLANNED,
        col(Message.queued_for).is_(None),
    )
    return await session.scalar(query)


def in_doubt(status: Status, claimed_before: datetime, carrier: str | None = None) -> Select[Message]:
    """Claimed before an instant and in this state since; of one carrier, or of all."""
    query = select(Message).where(col(Message.status) == status, col(Message.claimed_at) < claimed_before)
    return query if carrier is None else query.where(col(Message.carrier) == carrier)


def twins(message: Message) -> Select[Message]:
    """Other messages with the same words that went to the same number through the same carrier."""
    return select(Message).where(
        col(Message.to) == message.to,
        col(Message.text) == message.text,
        col(Message.carrier) == message.carrier,
        col(Message.submitted_at).is_not(None),
        col(Message.id) != message.id,
    )
