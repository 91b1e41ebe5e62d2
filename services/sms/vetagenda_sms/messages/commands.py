"""All that changes a message, each change told by an event where others need to know."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import MOST_SEGMENTS
from vetagenda_kit import bulk
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import Conflict, InvalidRequest, Problem
from vetagenda_kit.tracing import traceparent
from vetagenda_sms.choices import queries as choices
from vetagenda_sms.choices.queries import Ways
from vetagenda_sms.dialling import dialled
from vetagenda_sms.messages import learning, queries, rules
from vetagenda_sms.messages.learning import Said
from vetagenda_sms.messages.rules import Reason, Status
from vetagenda_sms.messages.schemas import MessageOrder, OwnersOrder
from vetagenda_sms.messages.telling import become, practice_time, suppress, tell
from vetagenda_sms.numbers import read_mobile
from vetagenda_sms.opt_outs import queries as opt_outs
from vetagenda_sms.practices import Practice
from vetagenda_sms.quota import commands as quota
from vetagenda_sms.quota import waiting
from vetagenda_sms.tables import Message
from vetagenda_sms_text import UnusableCharacter, normalise, segment


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
    ways = await choices.ways_of(session, practice.id, practice.country)
    answers = {
        message_id: _planned(practice, message_id, order, ways) for message_id, order in orders.items()
    }
    planned = [answer for answer in answers.values() if isinstance(answer, Message)]
    await _mind_opt_outs(session, practice, planned)
    new = await bulk.insert_new(session, Message.__tablename__, [one.model_dump() for one in planned])
    for message in planned:
        if message.id in new and message.status is not Status.PLANNED:
            tell(session, message, practice.now, actor)
    await _note_pool(session, practice)
    return answers | await _placed_before(session, [one for one in planned if one.id not in new])


async def _mind_opt_outs(session: WriteSession, practice: Practice, planned: list[Message]) -> None:
    """An order to somebody who wants no SMS is no mistake of the caller's: taken, and told as failed."""
    stopped = await opt_outs.among(session, [message.number_hash for message in planned])
    for message in planned:
        if (practice.id, message.number_hash) in stopped:
            message.status, message.reason = Status.SUPPRESSED, Reason.OPTED_OUT
            message.finished_at, message.settled_at = practice.now, system_now()


async def _note_pool(session: WriteSession, practice: Practice) -> None:
    """Whoever joined the practice adds to its pool at once."""
    key = practice.id, rules.pool_month(practice.now, practice.zone)
    pool, grew = await quota.note(session, key, practice.pool)
    if grew:
        await waiting.release(session, pool, practice.now)


async def _placed_before(session: WriteSession, orders: list[Message]) -> dict[UUID, Message | Problem]:
    if not orders:
        return {}
    found = await session.scalars(select(Message).where(col(Message.id).in_([one.id for one in orders])))
    known = {message.id: message for message in found}

    def answer(order: Message) -> Message | Problem:
        message = known.get(order.id)
        return message if message and _is_same(message, order) else AnotherMessage()

    return {order.id: answer(order) for order in orders}


def _is_same(message: Message, order: Message) -> bool:
    """As far as is still known what the first one said."""
    if (message.message_class, message.number_hash or order.number_hash) != (
        order.message_class,
        order.number_hash,
    ):
        return False
    return message.text is None or (message.to, message.text) == (order.to, order.text)


def _planned(
    practice: Practice, message_id: UUID, order: MessageOrder, ways: Ways
) -> Message | InvalidRequest:
    try:
        return _sendable_message(practice, message_id, order, ways)
    except InvalidRequest as refusal:
        return refusal


def _sendable_message(practice: Practice, message_id: UUID, order: MessageOrder, ways: Ways) -> Message:
    text = _sendable(order.text)
    counted, most = segment(text, practice.profile), min(practice.profile.max_segments, MOST_SEGMENTS)
    if counted.segments > most:
        raise InvalidRequest.at("/text", f"this takes {counted.segments} segments; {most} is the most")
    to = dialled(read_mobile, order.to, practice.country, "/to")
    send_on = rules.leaves_at(
        practice.now, order.message_class, practice.zone, choices.holidays(ways.holidays)
    )
    too_late = order.expires_at is not None and order.expires_at <= send_on
    return Message(
        id=message_id,
        practice_id=practice.id,
        to=to,
        text=text,
        number_hash=practice.hashed(to),
        owner_id=order.owner_id if isinstance(order, OwnersOrder) else None,
        message_class=order.message_class,
        status=Status.EXPIRED if too_late else Status.PLANNED,
        profile=practice.profile.name,
        encoding=counted.encoding,
        units=counted.units,
        segments=counted.segments,
        time_zone=practice.zone.key,
        holidays=ways.holidays,
        sender=ways.sender,
        virtual=practice.virtual,
        created_at=practice.now,
        send_on=send_on.astimezone(UTC),
        expires_at=order.expires_at,
        queued_for=_queued_for(practice, send_on),
        finished_at=practice.now if too_late else None,
        settled_at=system_now() if too_late else None,
        traceparent=_trace_of(order),
    )


def _trace_of(order: MessageOrder) -> str | None:
    return (isinstance(order, OwnersOrder) and order.traceparent) or traceparent()


def _queued_for(practice: Practice, send_on: datetime) -> datetime | None:
    """Real time for the worker; null while the message waits for a virtual clock."""
    if not practice.virtual:
        return send_on
    return None if send_on > practice.now else system_now()


def _sendable(text: str) -> str:
    try:
        return normalise(text)
    except UnusableCharacter as unusable:
        raise InvalidRequest.at("/text", str(unusable)) from unusable


async def withdraw(session: WriteSession, message_id: UUID, at: datetime) -> Message:
    """Keep a planned message from leaving; what is already on its way stays as it is."""
    message = await queries.locked(session, message_id)
    if message.status is Status.PLANNED:
        become(message, Status.CANCELLED, at)
    return message


async def learn(
    session: WriteSession,
    message_id: UUID,
    status: Status,
    actor: Actor,
    *,
    carrier_reference: str | None = None,
    carrier_segments: int | None = None,
    quietly: bool = False,
) -> bool:
    """Record what the carrier said of one message, as `learning.learn_all` does of many."""
    said = Said(message_id, status, carrier_reference, carrier_segments, quietly)
    return bool(await learning.learn_all(session, [said], actor))


async def put_back(session: WriteSession, message_id: UUID, again_in: timedelta, actor: Actor) -> None:
    """The carrier certainly never got it: plan it once more, in a test practice by its own clock. Its
    segments are not used."""
    message = await queries.locked(session, message_id)
    if message.status not in (Status.SENDING, Status.UNKNOWN):
        return
    message.queued_for, message.claimed_at, message.submitted_at = system_now() + again_in, None, None
    if message.virtual and again_in:
        message.send_on += rules.busy_wait(again_in, message.send_on - message.created_at)
        message.queued_for = None
    if message.erased or message.text is None:
        forget(message)
        suppress(session, message, Reason.ERASED, practice_time(message), actor)
    else:
        become(message, Status.PLANNED, None)
    await quota.give_back(session, [message])


def forget(message: Message) -> None:
    """Whose it was and what it said is personal data; that it was sent is not."""
    message.to = message.text = None
