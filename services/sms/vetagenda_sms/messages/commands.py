"""All that changes a message, each change told by an event where others need to know."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import MessageAccepted, MessageDelivered, MessageFailed, MessageUnconfirmed
from vetagenda_kit import bulk, outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import Conflict, InvalidRequest, Problem
from vetagenda_sms import numbers
from vetagenda_sms.messages import queries, rules
from vetagenda_sms.messages.rules import MessageClass, Status
from vetagenda_sms.messages.schemas import MessageOrder
from vetagenda_sms.practices import Practice
from vetagenda_sms.tables import Message
from vetagenda_sms_text import MAX_SEGMENTS, STANDARD, UnusableCharacter, normalise, segment


class AnotherMessage(Conflict):
    title = "Another message has this id already"


async def place(
    session: WriteSession, practice: Practice, message_id: UUID, order: MessageOrder, actor: Actor
) -> Message:
    """Take a message over; the same order again changes nothing.

    Raises InvalidRequest (number or text) and AnotherMessage.
    """
    placed = (await place_all(session, practice, {message_id: order}, actor))[message_id]
    if isinstance(placed, Problem):
        raise placed
    return placed


async def place_all(
    session: WriteSession, practice: Practice, orders: Mapping[UUID, MessageOrder], actor: Actor
) -> dict[UUID, Message | Problem]:
    """Take messages over, each for itself: by id the message, or why it is refused."""
    answers = {message_id: _planned(practice, message_id, order) for message_id, order in orders.items()}
    planned = [answer for answer in answers.values() if isinstance(answer, Message)]
    new = await bulk.insert_new(session, Message.__tablename__, [one.model_dump() for one in planned])
    for message in planned:
        if message.id in new and message.status is Status.EXPIRED:
            _tell(session, message, practice.now, actor)
    return answers | await _placed_before(session, [one for one in planned if one.id not in new])


async def _placed_before(session: WriteSession, orders: list[Message]) -> dict[UUID, Message | Problem]:
    if not orders:
        return {}
    found = await session.scalars(select(Message).where(col(Message.id).in_([one.id for one in orders])))
    known = {message.id: message for message in found}

    def answer(order: Message) -> Message | Problem:
        message = known.get(order.id)
        return message if message and _says(message) == _says(order) else AnotherMessage()

    return {order.id: answer(order) for order in orders}


def _says(message: Message) -> tuple[str, str, MessageClass]:
    return message.to, message.text, message.message_class


def _planned(practice: Practice, message_id: UUID, order: MessageOrder) -> Message | InvalidRequest:
    try:
        return _sendable_message(practice, message_id, order)
    except InvalidRequest as refusal:
        return refusal


def _sendable_message(practice: Practice, message_id: UUID, order: MessageOrder) -> Message:
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
