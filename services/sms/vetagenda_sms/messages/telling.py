"""A message's states: becoming one, and telling others of it."""

from datetime import datetime
from typing import Any

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import MessageAccepted, MessageDelivered, MessageFailed, MessageUnconfirmed
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_sms.messages.rules import Reason, Status
from vetagenda_sms.tables import Message

_NOT_OUT = (Status.PLANNED, Status.SENDING)


def practice_time(message: Message) -> datetime:
    """A virtual clock stands still: what happens to a message of a test practice happens when it was due."""
    return message.send_on if message.virtual else system_now()


def become(message: Message, status: Status, finished_at: datetime | None) -> None:
    message.status = status
    message.finished_at = finished_at
    message.settled_at = None if status in _NOT_OUT else system_now()
    message.version += 1


def suppress(session: WriteSession, message: Message, reason: Reason, at: datetime, actor: Actor) -> None:
    """It never leaves; told like a failure, so that another channel can take over."""
    message.reason = reason
    become(message, Status.SUPPRESSED, at)
    tell(session, message, at, actor)


def said_of(message: Message, at: datetime, actor: Actor) -> dict[str, Any]:
    return {
        "practice_id": message.practice_id,
        "actor": actor,
        "aggregate_id": message.id,
        "version": message.version,
        "message_class": message.message_class.value,
        "segments": message.segments,
        "at": at,
    }


def tell(session: WriteSession, message: Message, at: datetime, actor: Actor) -> None:
    said = said_of(message, at, actor)
    match message.status:
        case Status.ACCEPTED:
            outbox.add(session, MessageAccepted(**said, carrier=message.carrier or ""))
        case Status.DELIVERED:
            outbox.add(session, MessageDelivered(**said, carrier=message.carrier or ""))
        case Status.UNKNOWN:
            outbox.add(session, MessageUnconfirmed(**said, carrier=message.carrier or ""))
        case Status.UNDELIVERED | Status.REJECTED | Status.EXPIRED:
            outcome = (message.reason or message.status).value
            outbox.add(session, MessageFailed.model_validate(said | {"outcome": outcome}))
        case Status.SUPPRESSED:
            assert message.reason
            outbox.add(session, MessageFailed(**said, outcome=message.reason.value))
