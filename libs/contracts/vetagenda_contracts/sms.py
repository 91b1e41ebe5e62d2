"""Events of the sms service: what became of a message. Ids, counts and times; no number, no text."""

from datetime import date, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from vetagenda_contracts.events import Event

MessageClass = Literal["transactional", "urgent", "recall", "marketing"]
FailureOutcome = Literal["undelivered", "rejected", "expired", "over_quota", "opted_out", "erased"]
ReplyMeaning = Literal["yes", "stop", "start", "other"]
OptOutSource = Literal["reply", "carrier", "practice"]
MOST_SEGMENTS = 10
"""What one message of a practice may take, whatever its carrier would."""


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
    """It will not arrive; another channel can take over. `expired` also means that it never left, as do
    `over_quota` (the month's pool is used up and the practice chose to send no more), `opted_out` (who
    has this number wants no SMS) and `erased` (its owner's data was erased)."""

    type: ClassVar[str] = "sms.message.failed"

    outcome: FailureOutcome


class MessageUnconfirmed(_MessageEvent):
    """The carrier's answer was lost and it may or may not arrive; a later event can still tell."""

    type: ClassVar[str] = "sms.message.unconfirmed"

    carrier: str


class MessageMiscounted(_MessageEvent):
    """The carrier counted other parts than we did, and is paid by its count: `carrier_segments` against our
    `segments`."""

    type: ClassVar[str] = "sms.message.miscounted"

    carrier: str
    carrier_segments: int


class ReplyReceived(Event):
    """The owner answered a message: one word of confirmation, the wish to hear no more (`stop`) or again
    (`start`), or something for a person to read. `aggregate_id` and `message_id` are the message's id, given
    by whoever ordered it; the words themselves are at `GET P/sms/messages/{id}` while they are kept. `at` is
    the practice's time."""

    type: ClassVar[str] = "sms.reply.received"

    message_id: UUID
    reply_id: UUID
    meaning: ReplyMeaning
    at: datetime


class QuotaReached(Event):
    """80 or 100 per cent of a practice's pool is used, told once each in a calendar month. `used` and `limit`
    are segments; `aggregate_id` is the pool's, another one every month."""

    type: ClassVar[str] = "sms.quota.reached"

    percent: Literal[80, 100]
    month: date
    used: int
    limit: int


class SettingsUpdated(Event):
    """A practice's choices for its SMS. `aggregate_id` is the practice's id; `before` is null at first.
    `fields` names what changed; the `sender` is a text and is not told."""

    type: ClassVar[str] = "sms.settings.updated"

    before: dict[str, Any] | None
    after: dict[str, Any]
    fields: list[str]


class _OptOutEvent(Event):
    """`aggregate_id` is the opt-out's id; whose number it is, nobody is told."""

    source: OptOutSource
    at: datetime


class OptOutRecorded(_OptOutEvent):
    """Who has a number wants no SMS of the practice any more; what was planned to it is suppressed."""

    type: ClassVar[str] = "sms.opt-out.recorded"

    scope: Literal["all"]


class OptOutLifted(_OptOutEvent):
    """Who has the number takes SMS again."""

    type: ClassVar[str] = "sms.opt-out.lifted"
