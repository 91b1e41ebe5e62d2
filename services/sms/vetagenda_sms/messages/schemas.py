"""SMS on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from vetagenda_kit.models import Instant, RequestModel, ViewModel
from vetagenda_sms.messages.rules import MessageClass, Reason, Status
from vetagenda_sms_text import Encoding

LONGEST_TEXT = 255 * 153
MOST_ORDERS = 200


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("this has nothing but spaces")
    return text


MessageText = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_says_something)
]


class MessageOrder(RequestModel):
    """`to` is E.164 or as people of the practice's country dial it.

    Transactional messages leave between 08:00 and 20:00 of the practice's day, recalls and
    marketing on working days only, urgent ones at any hour. A message that could not leave before
    `expires_at` never leaves.
    """

    to: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    text: MessageText
    message_class: MessageClass = Field(default=MessageClass.TRANSACTIONAL, alias="class")
    expires_at: Instant | None = None


class OwnersOrder(MessageOrder):
    """Of another service, which knows whose number it is: what was said to an owner is forgotten when
    the owner is erased. `traceparent` is the trace of what the message is sent for."""

    owner_id: UUID | None = None
    traceparent: str | None = None


class NamedOrder(RequestModel):
    """An order under the caller's own id; `order` is read for itself, so that a bad one spoils no other."""

    id: UUID
    order: dict[str, Any]


class Orders(RequestModel):
    orders: Annotated[list[NamedOrder], Field(min_length=1, max_length=MOST_ORDERS)]


class OrderAnswer(ViewModel):
    """The message's `status` (with a `reason` if it is suppressed), or why it is `refused` for good: a
    problem's code."""

    id: UUID
    status: Status | None = None
    reason: Reason | None = None
    refused: str | None = None


class OrderAnswers(ViewModel):
    items: list[OrderAnswer]


class MessageView(ViewModel):
    """`segments` is what the carrier is paid for by our count, `carrier_segments` by its own, where it tells
    one; `send_on` is when it may leave. A `suppressed` one never leaves, for a `reason`: the month's pool is
    used up (`over_quota`), who has the number wants no SMS (`opted_out`; of a `rejected` one the carrier says
    so), or the owner was erased (`erased`).
    `to` and `text` are forgotten after a while."""

    id: UUID
    version: int
    to: str | None
    text: str | None
    message_class: MessageClass = Field(serialization_alias="class")
    status: Status
    reason: Reason | None = None
    encoding: Encoding
    units: int
    segments: int
    carrier_segments: int | None
    created_at: datetime
    send_on: datetime
    expires_at: datetime | None
    submitted_at: datetime | None
    finished_at: datetime | None
    carrier: str | None
