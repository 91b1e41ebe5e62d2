"""The reminders service's tables."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Enum, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field

from vetagenda_kit import outward_calls_table
from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.rows import RowModel
from vetagenda_reminders.facts import State
from vetagenda_reminders.ladder.vocabulary import Delivery
from vetagenda_reminders.ledger.vocabulary import OF_OFFERS, CallBack, Channel, Purpose, SkipReason, Status
from vetagenda_reminders.products.rules import Anchor, Kind, Unit


def stored(kind: type[StrEnum]) -> Enum:
    """An enumeration by its values, as text: a new member needs no migration."""
    return Enum(
        kind, native_enum=False, length=40, values_callable=lambda members: [each.value for each in members]
    )


def ids() -> Any:
    return Field(default=[], sa_column=Column(ARRAY(Uuid), nullable=False))


class RemindersTable(RowModel, registry=registry()):
    """Base of this service's tables, with a registry of its own."""


class Reminder(RemindersTable, table=True):
    """One row of the ledger: one message that is, was or will never be sent to one person.

    Its subject is an appointment, an administration, an offer or a message at the desk. `due_at` and
    `useful_until` are the practice's time. Real time are `leased_until`, until when one worker has the row
    (or it waits to be tried again), and `recorded_at`, when its end was written down.
    `recipient`, `subject` and `body` are what leaves or left, and are forgotten after a while.
    `own_subject` and `own_body` are a person's words for this row alone, with merge fields.
    `call_attempts` are the calls that nobody answered, `call_note` what the caller wrote last.
    `delivery` is the channel's own word about a row that was sent. `subject_sequence` is the appointment's at
    its last change that owners hear of; `about_start` is the start that the message is about. `merged_into`
    is the row whose message tells of this visit too. `dates_chosen`: a person set its days, so that no plan
    moves it back. `ladder_step` numbers a step of a ladder from 1, `ladder_hours` is how long the step
    before it waits for the owner, `ladder_look` that it ended and nobody has looked yet at what follows.
    `call_back`: what it says may not be true any more although it was ordered. `moved_from` is the start
    that was told before a move, `drawn_at` when a letter was last drawn. `hid_time`: by the last plan its
    message does not tell the visit's hour, None where nobody knows. `traceparent` is the trace of what it was
    made for.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint(
            "subject_id",
            "subject_sequence",
            "rule",
            "occurrence",
            "channel",
            "recipient_key",
            name="reminder_once",
        ),
        Index("reminder_due", "due_at", postgresql_where=text("status = 'planned' AND NOT virtual")),
        Index("reminder_sending", "id", postgresql_where=text("status = 'sending'")),
        Index("reminder_by_hand", "useful_until", "id", postgresql_where=text("status = 'ready'")),
        Index("reminder_of_practice", "practice_id", "due_at", "id"),
        Index("reminder_of_owner", "owner_id"),
        Index("reminder_of_animals", "animal_ids", postgresql_using="gin"),
        Index("reminder_texts", "recorded_at", postgresql_where=text("body IS NOT NULL")),
        Index(
            "reminder_own_words",
            "recorded_at",
            postgresql_where=text("own_subject IS NOT NULL OR own_body IS NOT NULL OR call_note IS NOT NULL"),
        ),
        Index(
            "reminder_past",
            "finished_at",
            postgresql_where=text("appointment_id IS NOT NULL OR purpose = 'message'"),
        ),
        Index("reminder_merged", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("reminder_merged_lately", "recorded_at", postgresql_where=text("merged_into IS NOT NULL")),
        Index("reminder_ladder_look", "practice_id", postgresql_where=text("ladder_look")),
        Index("reminder_call_back", "practice_id", postgresql_where=text("call_back IS NOT NULL")),
        Index("reminder_personal", "appointment_id", postgresql_where=text("purpose = 'personal'")),
        Index(
            "reminder_recalled",
            "practice_id",
            "finished_at",
            "id",
            postgresql_where=text("purpose = 'product' AND status = 'sent'"),
        ),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    version: int = 1
    subject_id: UUID
    subject_sequence: int
    rule: str = Field(sa_type=Text)
    occurrence: int = 0
    channel: Channel = Field(sa_type=stored(Channel))
    recipient_key: str = Field(sa_type=Text)
    purpose: Purpose = Field(sa_type=stored(Purpose))
    appointment_id: UUID | None = None
    administration_id: UUID | None = None
    owner_id: UUID | None = None
    animal_ids: list[UUID] = ids()
    status: Status = Field(default=Status.PLANNED, sa_type=stored(Status))
    skip_reason: SkipReason | None = Field(default=None, sa_type=stored(SkipReason))
    due_at: datetime = Field(sa_type=UtcDateTime)
    useful_until: datetime = Field(sa_type=UtcDateTime)
    send_on: date
    due_on: date | None = None
    about_start: datetime | None = Field(default=None, sa_type=UtcDateTime)
    carries: list[str] = Field(default=[], sa_column=Column(ARRAY(Text), nullable=False))
    new_contacts_only: bool = False
    virtual: bool
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease: UUID | None = None
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivery: str | None = Field(default=None, sa_type=Text)
    recipient: str | None = Field(default=None, sa_type=Text)
    subject: str | None = Field(default=None, sa_type=Text)
    body: str | None = Field(default=None, sa_type=Text)
    own_subject: str | None = Field(default=None, sa_type=Text)
    own_body: str | None = Field(default=None, sa_type=Text)
    call_attempts: int = 0
    call_note: str | None = Field(default=None, sa_type=Text)
    merged_into: UUID | None = None
    dates_chosen: bool = False
    ladder_step: int | None = None
    ladder_hours: int | None = None
    ladder_look: bool = False
    call_back: CallBack | None = Field(default=None, sa_type=stored(CallBack))
    hid_time: bool | None = None
    moved_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    drawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    traceparent: str | None = Field(default=None, sa_type=Text)

    @property
    def offer_id(self) -> UUID | None:
        return self.subject_id if self.purpose in OF_OFFERS else None

    @property
    def desk_message_id(self) -> UUID | None:
        return self.subject_id if self.purpose is Purpose.MESSAGE else None


class ReminderStep(RemindersTable, table=True):
    """One thing that happened to a row, at the practice's time; `due_at` is when the row was due after it."""

    __tablename__ = "reminder_step"
    __table_args__ = (Index("reminder_step_of_row", "reminder_id", "id"),)

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    reminder_id: UUID
    what: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    actor_kind: str = Field(sa_type=Text)
    actor_id: str = Field(sa_type=Text)


class AppointmentPlan(RemindersTable, table=True):
    """An appointment as its messages were last planned for, and whether it has changed since (`dirty`).

    `version` counts the plans that were made. `ended_as`, `by_sync`, `quiet` and `told` are what the last
    event said that the agenda's present state does not; `changed_by` is who added, moved or cancelled it
    since then, `traceparent` the trace of the last change. `told` is who is told of it, where that was chosen
    with the change: over once that is planned.
    """

    __tablename__ = "appointment_plan"
    __table_args__ = (
        Index("appointment_plan_dirty", "retry_at", postgresql_where=text("dirty")),
        Index("appointment_plan_coming", "practice_id", "start"),
    )

    appointment_id: UUID = Field(primary_key=True)
    practice_id: UUID
    version: int = 0
    dirty: bool = True
    seen_version: int
    ended_as: Purpose | None = Field(default=None, sa_type=stored(Purpose))
    by_sync: bool = False
    quiet: bool = False
    retry_at: datetime = Field(sa_type=UtcDateTime)
    planned_version: int | None = None
    state: State | None = Field(default=None, sa_type=stored(State))
    sequence: int | None = None
    start: datetime | None = Field(default=None, sa_type=UtcDateTime)
    owner_id: UUID | None = None
    calendar_ids: list[UUID] = ids()
    changed_by: list[str] = Field(default=[], sa_column=Column(ARRAY(Text), nullable=False))
    traceparent: str | None = Field(default=None, sa_type=Text)
    told: Any = Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))


class AppointmentChoice(RemindersTable, table=True):
    """What was chosen for one appointment instead of the practice's settings, personal words included."""

    __tablename__ = "appointment_choice"

    appointment_id: UUID = Field(primary_key=True)
    id: UUID
    practice_id: UUID = Field(index=True)
    version: int = 1
    owner_id: UUID | None = Field(default=None, index=True)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    messages: Any = Field(sa_column=Column(JSONB, nullable=False))


class Behind(RemindersTable):
    """What something has that messages tell of, and whether they are behind it (`dirty`). `seen_version` is
    that of its last event."""

    practice_id: UUID = Field(index=True)
    dirty: bool = True
    seen_version: int
    retry_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def subject_id(self) -> UUID:
        raise NotImplementedError


class OfferPlan(Behind, table=True):
    """An offer of the waiting list. `settled` is one that nobody can accept any more."""

    __tablename__ = "offer_plan"
    __table_args__ = (Index("offer_plan_dirty", "retry_at", postgresql_where=text("dirty")),)

    offer_id: UUID = Field(primary_key=True)
    settled: bool = False

    @property
    def subject_id(self) -> UUID:
        return self.offer_id


class DeskMessagePlan(Behind, table=True):
    """A message at the desk that the practice is told of otherwise too. It goes when that is planned."""

    __tablename__ = "desk_message_plan"
    __table_args__ = (Index("desk_message_plan_dirty", "retry_at", postgresql_where=text("dirty")),)

    message_id: UUID = Field(primary_key=True)

    @property
    def subject_id(self) -> UUID:
        return self.message_id


class BouncedAddress(RemindersTable, table=True):
    """An e-mail address that came back for good, as a digest: to be compared, not to be read. `owner_id` is
    whose it was: a new address of hers ends it. None for one of the practice's people."""

    __tablename__ = "bounced_address"

    practice_id: UUID = Field(primary_key=True)
    digest: bytes = Field(primary_key=True)
    owner_id: UUID | None = Field(default=None, index=True)
    bounced_at: datetime = Field(sa_type=UtcDateTime)


class PracticeSettings(RemindersTable, table=True):
    """A practice's choices; none before it made any: then the defaults hold."""

    __tablename__ = "practice_settings"

    practice_id: UUID = Field(primary_key=True)
    version: int = 1
    choices: Any = Field(sa_column=Column(JSONB, nullable=False))


class CancellationWindow(RemindersTable, table=True):
    """Until how long before the start owners may cancel online: booking's, as its last event told it."""

    __tablename__ = "cancellation_window"

    practice_id: UUID = Field(primary_key=True)
    closes_before: timedelta


class Tenant(RemindersTable):
    """What every record that a person makes has."""

    id: UUID = Field(primary_key=True)
    practice_id: UUID = Field(index=True)
    version: int = 1
    name: str = Field(sa_type=Text)


class Template(Tenant, table=True):
    """A practice's own words, one text per channel."""

    __tablename__ = "template"

    category: str | None = Field(default=None, sa_type=Text)
    texts: Any = Field(sa_column=Column(JSONB, nullable=False))


class ReminderRule(Tenant, table=True):
    """When reminders of a product or act are due (REM-6); spans as a count and a unit."""

    __tablename__ = "reminder_rule"

    offset_count: int
    offset_unit: Unit = Field(sa_type=stored(Unit))
    anchor: Anchor = Field(sa_type=stored(Anchor))
    days_before: int
    every_count: int | None = None
    every_unit: Unit | None = Field(default=None, sa_type=stored(Unit))
    sends: int | None = None
    channels: list[str] = Field(default=[], sa_column=Column(ARRAY(Text), nullable=False))
    template_id: UUID | None = None
    delivery: Delivery = Field(default=Delivery.ALL, sa_type=stored(Delivery))
    step_hours: int = 48


class Product(Tenant, table=True):
    """A product or an act (`kind`): what is given or done to an animal, and the reminders of it."""

    __tablename__ = "product"

    kind: Kind = Field(default=Kind.PRODUCT, sa_type=stored(Kind))
    family: str | None = Field(default=None, sa_type=Text)
    category: str | None = Field(default=None, sa_type=Text)
    rule_ids: list[UUID] = ids()
    without_offered: bool = False


class Administration(RemindersTable, table=True):
    """A product given (or an act done) to an animal on a local date. Its reminders keep the schedule of that
    moment; `sequence` counts how often they were planned anew. `product_name` is what a product was called
    that has been deleted since, `product_category` whose templates it had."""

    __tablename__ = "administration"

    id: UUID = Field(primary_key=True)
    practice_id: UUID = Field(index=True)
    version: int = 1
    sequence: int = 0
    product_id: UUID
    product_name: str | None = Field(default=None, sa_type=Text)
    product_category: str | None = Field(default=None, sa_type=Text)
    rule_id: UUID | None = None
    animal_id: UUID = Field(index=True)
    owner_id: UUID | None = None
    given_on: date
    also_first: bool = False


class MessageHold(RemindersTable, table=True):
    """While its one row is there no message of a live practice leaves by itself."""

    __tablename__ = "message_hold"

    id: int = Field(primary_key=True)
    since: datetime = Field(sa_type=UtcDateTime)


outward_calls_table.table(RemindersTable.metadata)
