"""Events of the reminders service: what became of a message, and what a practice set up.

Ids and times only: no recipient, no text. `due_at` is the practice's time.
"""

from datetime import date, datetime, time
from typing import ClassVar, Literal
from uuid import UUID

from vetagenda_contracts.events import Event

Channel = Literal["sms", "email", "push", "letter", "phone", "fax", "message"]
Purpose = Literal[
    "confirmation",
    "request_received",
    "rescheduled",
    "cancelled",
    "declined",
    "expired",
    "reminder",
    "push",
    "product",
    "offer",
    "offer_withdrawn",
    "practitioner",
    "personal",
    "care",
    "notice",
    "message",
]


class ReminderEvent(Event):
    """`aggregate_id` is the ledger row's; `sequence` is its subject's, whose past revisions are never
    sent. The subject is an appointment, a product's administration to an animal, a time that was offered to
    somebody on the waiting list, or a message at the desk. The channel `message` is one of the practice's
    own messages there."""

    channel: Channel
    purpose: Purpose
    rule: str
    occurrence: int = 0
    due_at: datetime
    appointment_id: UUID | None = None
    administration_id: UUID | None = None
    offer_id: UUID | None = None
    desk_message_id: UUID | None = None
    owner_id: UUID | None = None
    animal_ids: list[UUID] = []


class PlanMade(Event):
    """An appointment has new rows in the ledger: to be sent, or kept only to say why they are not.
    `aggregate_id` is the appointment's, `sequence` its revision that they are about."""

    type: ClassVar[str] = "reminders.plan.made"
    planned: list[UUID] = []
    skipped: list[UUID] = []


class MessagesChosen(Event):
    """Somebody chose for one appointment what is told about it, instead of the practice's settings."""

    type: ClassVar[str] = "reminders.messages.chosen"
    appointment_id: UUID


class OfferPlanned(Event):
    """The owner is to be told of an offer of the waiting list. `aggregate_id` is the offer's."""

    type: ClassVar[str] = "reminders.offer.planned"
    planned: list[UUID] = []


class DeskMessagePlanned(Event):
    """The practice is to be told of a message at its desk. `aggregate_id` is the message's."""

    type: ClassVar[str] = "reminders.desk-message.planned"
    planned: list[UUID] = []


class ReminderPlanned(ReminderEvent):
    """A row is due at another time than before, or a person ordered it."""

    type: ClassVar[str] = "reminders.reminder.planned"


class ReminderReadied(ReminderEvent):
    """A letter to print or a call to make is due: a person does it."""

    type: ClassVar[str] = "reminders.reminder.readied"


class ReminderSent(ReminderEvent):
    """Handed to its channel. A push says PushDue instead."""

    type: ClassVar[str] = "reminders.reminder.sent"


class ReminderSkipped(ReminderEvent):
    """It will not leave; `reason` is the ledger's `skip_reason`."""

    type: ClassVar[str] = "reminders.reminder.skipped"
    reason: str


class ReminderFailed(ReminderEvent):
    """The channel refused it, or nobody can tell whether it left; it is never sent again by itself."""

    type: ClassVar[str] = "reminders.reminder.failed"
    reason: str


class ReminderWithdrawn(ReminderEvent):
    """Its subject moved or ended before it left."""

    type: ClassVar[str] = "reminders.reminder.withdrawn"


class ReminderCancelled(ReminderEvent):
    """A person took it out of the ledger before it left."""

    type: ClassVar[str] = "reminders.reminder.cancelled"


class PushDue(ReminderEvent):
    """A partner's app should tell the owner now. This event is the sending itself.

    `start` is None when the appointment's type hides the hour; then `arrival_from` and `arrival_until`
    say when to be there on `day`, on the practice's clock. `may_cancel` is false once the owner's time to
    cancel online is over, also for a push that comes late. With `offer_id` nothing is booked yet: the time is
    kept for the owner until `decide_by`, or no longer when there is none. With `administration_id` there is
    no visit: a product or act is due on `day`.
    """

    type: ClassVar[str] = "reminders.push.due"
    day: date
    start: datetime | None = None
    arrival_from: time | None = None
    arrival_until: time | None = None
    may_cancel: bool
    decide_by: datetime | None = None


class PushSubscribed(Event):
    """A browser of an owner is told of pushes too, from now on or still. `aggregate_id` is the
    subscription's, whose address and keys are in no event."""

    type: ClassVar[str] = "reminders.push.subscribed"
    owner_id: UUID


class PushUnsubscribed(Event):
    """This browser is told nothing more: somebody said so, or its push service no longer knows it."""

    type: ClassVar[str] = "reminders.push.unsubscribed"
    owner_id: UUID


class AdministrationRecorded(Event):
    """A product was given to an animal, or an act done. `rule_id` is None when it brings no reminder, or
    one of a date of its own; `planned` and `skipped` are its new rows in the ledger. `product_id` is the
    product's or the act's, as `kind` says."""

    type: ClassVar[str] = "reminders.administration.recorded"
    product_id: UUID
    kind: Literal["product", "act"] = "product"
    animal_id: UUID
    rule_id: UUID | None = None
    given_on: date
    planned: list[UUID] = []
    skipped: list[UUID] = []


class AdministrationPlanned(Event):
    """Its reminders were planned anew: another rule or date was selected for a visit's line, or none is
    wanted any more. What is withdrawn tells of itself; `planned` and `skipped` are the new rows."""

    type: ClassVar[str] = "reminders.administration.planned"
    product_id: UUID
    animal_id: UUID
    rule_id: UUID | None = None
    given_on: date
    planned: list[UUID] = []
    skipped: list[UUID] = []


class VisitEvent(Event):
    """`aggregate_id` is the visit's."""

    appointment_id: UUID | None = None
    owner_id: UUID | None = None
    animal_ids: list[UUID] = []
    visited_on: date


class VisitCreated(VisitEvent):
    type: ClassVar[str] = "reminders.visit.created"


class VisitUpdated(VisitEvent):
    type: ClassVar[str] = "reminders.visit.updated"


class VisitDeleted(VisitEvent):
    """With its lines."""

    type: ClassVar[str] = "reminders.visit.deleted"


class LineEvent(Event):
    """A product or act of a visit; `aggregate_id` is the line's. `status` is `none`, `green`, `red` or
    `orange` at that moment."""

    visit_id: UUID
    kind: Literal["product", "act"]
    product_id: UUID
    animal_id: UUID
    status: Literal["none", "green", "red", "orange"]
    administration_id: UUID | None = None


class LineCreated(LineEvent):
    type: ClassVar[str] = "reminders.visit-line.created"


class LineUpdated(LineEvent):
    type: ClassVar[str] = "reminders.visit-line.updated"


class LineDeleted(LineEvent):
    type: ClassVar[str] = "reminders.visit-line.deleted"


class SettingsUpdated(Event):
    """`aggregate_id` is the practice's id."""

    type: ClassVar[str] = "reminders.settings.updated"


class CarePlanUpdated(Event):
    """`aggregate_id` is the appointment type's id: its visits have other steps around them."""

    type: ClassVar[str] = "reminders.care-plan.updated"


class TemplateCreated(Event):
    type: ClassVar[str] = "reminders.template.created"


class TemplateUpdated(Event):
    type: ClassVar[str] = "reminders.template.updated"


class TemplateDeleted(Event):
    type: ClassVar[str] = "reminders.template.deleted"


class RuleCreated(Event):
    type: ClassVar[str] = "reminders.rule.created"


class RuleUpdated(Event):
    type: ClassVar[str] = "reminders.rule.updated"


class RuleDeleted(Event):
    type: ClassVar[str] = "reminders.rule.deleted"


class ProductCreated(Event):
    type: ClassVar[str] = "reminders.product.created"


class ProductUpdated(Event):
    type: ClassVar[str] = "reminders.product.updated"


class ProductDeleted(Event):
    type: ClassVar[str] = "reminders.product.deleted"


class ActCreated(Event):
    type: ClassVar[str] = "reminders.act.created"


class ActUpdated(Event):
    type: ClassVar[str] = "reminders.act.updated"


class ActDeleted(Event):
    type: ClassVar[str] = "reminders.act.deleted"
