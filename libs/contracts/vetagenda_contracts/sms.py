"""Events of the sms service: what became of a message. Ids, counts and times; no number, no text."""

from datetime import datetime
from typing import ClassVar, Literal

from vetagenda_contracts.events import Event

MessageClass = Literal["transactional", "urgent", "recall"]
FailureOutcome = Literal["undelivered", "rejected", "expired"]


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
