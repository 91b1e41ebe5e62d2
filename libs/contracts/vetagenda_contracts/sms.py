"""Events of the sms service: what became of a message. Ids, counts and times; no number, no text."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from vetagenda_contracts.events import Event

MessageClass = Literal["transactional", "urgent", "recall"]
FailureOutcome = Literal["undelivered", "rejected", "expired"]
ReplyMeaning = Literal["yes", "stop", "other"]


class _MessageEvent(Event):
    """`aggregate_id` is the message's id, given by whoever ordered it; `at` is the practice's time."""

    message_class: MessageClass
    segments: int
    at: datetime


class MessageAccepted(_MessageEvent):
    """The carrier has it; its segments count from now on."""

    type: ClassVar[str] = "sms.message.accepted"

    carrier: str


class MessageDelivered(_MessageEvent):
    """The carrier says that the telephone has it."""

    type: ClassVar[str] = "sms.message.delivered"

    carrier: str


class MessageFailed(_MessageEvent):
    """It will not arrive; another channel can take over. `expired` also means that it never left."""

    type: ClassVar[str] = "sms.message.failed"

    outcome: FailureOutcome


class MessageUnconfirmed(_MessageEvent):
    """The carrier's answer was lost and it may or may not arrive; a later event can still tell."""

    type: ClassVar[str] = "sms.message.unconfirmed"

    carrier: str


class ReplyReceived(Event):
    """The owner answered a message: one word of confirmation, the wish to hear no more, or something for a
    person to read. `aggregate_id` and `message_id` are the message's id, given by whoever ordered it; the
    words themselves are at `GET P/sms/messages/{id}` while they are kept. `at` is the practice's time."""

    type: ClassVar[str] = "sms.reply.received"

    message_id: UUID
    reply_id: UUID
    meaning: ReplyMeaning
    at: datetime
