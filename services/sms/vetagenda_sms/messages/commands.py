"""All that changes a message, each change told by an event where others need to know."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import MessageAccepted, MessageDelivered, MessageFailed, MessageUnconfirmed
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import Conflict, InvalidRequest
from vetagenda_sms import numbers
from vetagenda_sms.messages import queries, rules
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.messages.schemas import MessageOrder
from vetagenda_sms.practices import Practice
from vetagenda_sms.segmentation import STANDARD, UnusableCharacter, normalise, segment
from vetagenda_sms.segmentation.profiles import MAX_SEGMENTS
from vetagenda_sms.tables import Message


class AnotherMessage(Conflict):
    title = "Another message has this id already"


async def place(
    session: WriteSession, practice: Practice, message_id: UUID, order: MessageOrder, actor: Actor
) -> Message:
    """Take a message over; the same order again changes nothing.

    Raises InvalidRequest (number or text) and AnotherMessage.
    """
    message = _planned(practice, message_id, order)
    columns = message.model_dump()
    placed = insert(Message).values(columns).on_conflict_do_nothing().returning(col(Message.id))
    if await session.scalar(placed) is None:
        return await _placed_before(session, message)
    if message.status is Status.EXPIRED:
        _tell(session, message, practice.now, actor)
    return message


async def _placed_before(session: WriteSession, message: Message) -> Message:
    known = await session.get(Message, message.id)
    if known is None or (known.to, known.text, known.message_class) != (
        message.to,
        message.text,
        message.message_class,
    ):
        raise AnotherMessage()
    return known


def _planned(practice: Practice, message_id: UUID, order: MessageOrder) -> Message:
    text = _sendable(order.text)
    counted = segment(text)
    if counted.segments > MAX_SEGMENTS:
        raise InvalidRequest.at(
            "/text", f"this takes {counted.segments} segments; {MAX_SEGMENTS} is the most"
        )
    send_on = rules.leaves_at(practice.now, order.message_class, practice.zone)
    too_late = order.expires_at is not None and order.expires_at <= send_on
    return Message(
        id=message_id,
        practice_id=practice.id,
        to=_telephone(order.to, practice.country),
        text=text,
        message_class=order.message_class,
        status=Status.EXPIRED if too_late else Status.PLANNED,
        profile=STANDARD.name,
        encoding=counted.encoding,
        units=counted.units,
        segments=counted.segments,
        time_zone=practice.zone.key,
        virtual=practice.virtual,
        created_at=practice.now,
        send_on=send_on,
        expires_at=order.expires_at,
        queued_for=_queued_for(practice, send_on),
        finished_at=practice.now if too_late else None,
    )


def _queued_for(practice: Practice, send_on: datetime) -> datetime | None:
    """Real time for the worker; null while the message waits for a virtual clock."""
    if not practice.virtual:
        return send_on
    return None if send_on > practice.now else system_now()


def _telephone(raw: str, country: str) -> str:
    try:
        return numbers.read_mobile(raw, country).e164
    except numbers.UnusableNumber as unusable:
        raise InvalidRequest.at("/to", str(unusable)) from unusable


def _sendable(text: str) -> str:
    try:
        return normalise(text)
    except UnusableCharacter as unusable:
        raise InvalidRequest.at("/text", str(unusable)) from unusable


async def withdraw(session: WriteSession, message_id: UUID, at: datetime) -> Message:
    """Keep a planned message from leaving; what is already on its way stays as it is."""
    message = await queries.locked(session, message_id)
    if message.status is Status.PLANNED:
        _become(message, Status.CANCELLED, at)
    return message


async def claim(
    session: WriteSession, due: Select[Message], limit: int, carrier: str, actor: Actor
) -> list[Message]:
    """Write down the intent to send; commit it before the first byte leaves.

    What may no longer leave expires, and what came out of its hours waits for the next ones.
    """
    messages = await session.scalars(due.limit(limit).with_for_update(skip_locked=True))
    return [message for message in messages if _begin(session, message, carrier, actor)]


def _begin(session: WriteSession, message: Message, carrier: str, actor: Actor) -> bool:
    now = practice_time(message)
    if message.expires_at is not None and message.expires_at <= now:
        _become(message, Status.EXPIRED, now)
        _tell(session, message, now, actor)
        return False
    leaves = rules.leaves_at(now, message.message_class, ZoneInfo(message.time_zone))
    if leaves > now:
        message.send_on = message.queued_for = leaves
        return False
    _become(message, Status.SENDING, None)
    message.carrier, message.claimed_at, message.submitted_at = carrier, system_now(), now
    return True


async def learn(
    session: WriteSession,
    message_id: UUID,
    status: Status,
    actor: Actor,
    *,
    carrier_reference: str | None = None,
    quietly: bool = False,
) -> bool:
    """Record what the carrier said; a report that says no more than is known, or that is of a message
    which is not here (any more), changes nothing."""
    message = await session.get(Message, message_id, with_for_update=True)
    if message is None:
        return False
    message.carrier_reference = message.carrier_reference or carrier_reference
    if not rules.says_more(status, message.status):
        return False
    at = practice_time(message)
    _become(message, status, at if status in rules.FINAL else None)
    if not quietly:
        _tell(session, message, at, actor)
    return True


async def put_back(session: WriteSession, message_id: UUID, again_at: datetime) -> None:
    """The carrier certainly never got it: plan it once more, in real time."""
    message = await queries.locked(session, message_id)
    if message.status in (Status.SENDING, Status.UNKNOWN):
        _become(message, Status.PLANNED, None)
        message.queued_for, message.claimed_at, message.submitted_at = again_at, None, None


def practice_time(message: Message) -> datetime:
    """A virtual clock stands still: what happens to a message of a test practice happens when it was due."""
    return message.send_on if message.virtual else system_now()


def _become(message: Message, status: Status, finished_at: datetime | None) -> None:
    message.status = status
    message.finished_at = finished_at
    message.version += 1


def _tell(session: WriteSession, message: Message, at: datetime, actor: Actor) -> None:
    said: dict[str, Any] = {
        "practice_id": message.practice_id,
        "actor": actor,
        "aggregate_id": message.id,
        "version": message.version,
        "message_class": message.message_class.value,
        "segments": message.segments,
        "at": at,
    }
    match message.status:
        case Status.ACCEPTED:
            outbox.add(session, MessageAccepted(**said, carrier=message.carrier or ""))
        case Status.DELIVERED:
            outbox.add(session, MessageDelivered(**said, carrier=message.carrier or ""))
        case Status.UNKNOWN:
            outbox.add(session, MessageUnconfirmed(**said, carrier=message.carrier or ""))
        case Status.UNDELIVERED | Status.REJECTED | Status.EXPIRED:
            outbox.add(session, MessageFailed(**said, outcome=message.status.value))
