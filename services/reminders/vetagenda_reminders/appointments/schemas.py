"""One appointment's messages on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.preferences.schemas import Lead, MessageChannel
from vetagenda_reminders.templates.rules import APPOINTMENT, described
from vetagenda_reminders.templates.schemas import says_something

MessageRule = Literal["confirmation", "reminder_1", "reminder_2"]
_MERGE_FIELDS = Field(description=f"Merge fields: {described(APPOINTMENT)}.")
PersonalText = Annotated[
    str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(says_something), _MERGE_FIELDS
]
PersonalSubject = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(says_something), _MERGE_FIELDS
]


class OwnMessage(RequestModel):
    """What holds for this appointment instead of the default. `lead` (reminders only) and the texts are the
    default's where they are left out; `text` stands instead of the template or sentence and its addition."""

    rule: MessageRule
    channel: MessageChannel
    enabled: bool
    lead: Lead | None = None
    text: PersonalText | None = None
    subject: PersonalSubject | None = None


class PutMessages(RequestModel):
    """What is left out keeps the default; an empty list gives all of it back to the default."""

    messages: Annotated[tuple[OwnMessage, ...], Field(max_length=6)]


class MessageView(ViewModel):
    """One message that the appointment has or could have. `text` and `subject` are personal ones, and
    `words_of` says whose words it has: the appointment's own, its type's template or the practice's default.
    `status`, `due_at` and `skip_reason` are those of its row in the ledger, null as long as it has none."""

    rule: MessageRule
    channel: MessageChannel
    enabled: bool
    own: bool
    lead: Lead | None
    text: str | None
    subject: str | None
    words_of: Literal["appointment", "type", "practice"]
    reminder_id: UUID | None
    status: Status | None
    due_at: datetime | None
    skip_reason: SkipReason | None


class MessagesView(ViewModel):
    """`version` is 0 as long as the appointment has no choice of its own."""

    appointment_id: UUID
    version: int
    messages: list[MessageView]


class SendMessage(RequestModel):
    """Remind the owner now. `text` stands instead of the words that a reminder would have."""

    channels: Annotated[tuple[MessageChannel, ...], Field(min_length=1, max_length=2), EachOnce()]
    text: PersonalText | None = None


class OrderedView(ViewModel):
    """The rows that were planned: `due_at` says when each leaves."""

    reminders: list[ReminderView]
