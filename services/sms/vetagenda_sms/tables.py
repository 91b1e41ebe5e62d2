"""The sms service's tables."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Enum, Index, Text, false, text
from sqlalchemy.orm import registry
from sqlmodel import Field

from vetagenda_kit import outward_calls_table
from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.rows import RowModel
from vetagenda_sms.messages.rules import MessageClass, Reason, Status
from vetagenda_sms_text import Encoding


def stored(kind: type[StrEnum]) -> Enum:
    """An enumeration by its values, as text: a new member needs no migration."""
    return Enum(
        kind, native_enum=False, length=40, values_callable=lambda members: [each.value for each in members]
    )


class SmsTable(RowModel, registry=registry()):
    """Base of this service's tables, with a registry of its own."""


class Message(SmsTable, table=True):
    """One SMS to one telephone; its id is the key under which it is handed to the carrier at most once.

    `send_on` and the `..._at` columns without a note are in the practice's time, which is virtual for a test
    practice; `queued_for` and `claimed_at` are real time, when the worker may take it and when it did.
    `queued_for` is null while the message waits for a virtual clock to move. `settled_at` is real time as
    well: when its state last changed after it had left, or its end; `to` and `text` are forgotten some time
    after. `pool_month` is the month whose pool its segments are taken from, `holidays` the country (and
    subdivision) whose public holidays it keeps, `erased` that its owner was erased while it was on its way.
    `carrier_segments` is the carrier's own count, where it tells one. `sender` is whom the practice wants
    telephones to show, `traceparent` the trace of what the message is sent for.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("message_queued", "queued_for", postgresql_where=text("status = 'planned'")),
        Index("message_in_doubt", "claimed_at", postgresql_where=text("status IN ('sending', 'unknown')")),
        Index("message_of_practice", "practice_id", "created_at", "id"),
        Index("message_submitted", "practice_id", "submitted_at"),
        Index("message_to", "number_hash", "submitted_at"),
        Index("message_texts", "settled_at", postgresql_where=text("text IS NOT NULL")),
        Index(
            "message_of_somebody",
            "settled_at",
            postgresql_where=text("owner_id IS NOT NULL OR number_hash IS NOT NULL"),
        ),
        Index("message_of_owner", "owner_id", postgresql_where=text("owner_id IS NOT NULL")),
        Index(
            "message_waits_for_pool",
            "practice_id",
            postgresql_where=text("status = 'planned' AND waits_for_pool"),
        ),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    version: int = 1
    to: str | None = Field(sa_type=Text)
    text: str | None = Field(sa_type=Text)
    number_hash: str | None = Field(default=None, sa_type=Text)
    owner_id: UUID | None = None
    message_class: MessageClass = Field(sa_type=stored(MessageClass))
    status: Status = Field(default=Status.PLANNED, sa_type=stored(Status))
    reason: Reason | None = Field(default=None, sa_type=stored(Reason))
    profile: str = Field(sa_type=Text)
    encoding: Encoding = Field(sa_type=stored(Encoding))
    units: int
    segments: int
    time_zone: str = Field(sa_type=Text)
    holidays: str | None = Field(default=None, sa_type=Text)
    virtual: bool
    created_at: datetime = Field(sa_type=UtcDateTime)
    send_on: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    queued_for: datetime | None = Field(default=None, sa_type=UtcDateTime)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    pool_month: date | None = None
    waits_for_pool: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    erased: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    carrier: str | None = Field(default=None, sa_type=Text)
    carrier_reference: str | None = Field(default=None, sa_type=Text)
    carrier_segments: int | None = None
    sender: str | None = Field(default=None, sa_type=Text)
    traceparent: str | None = Field(default=None, sa_type=Text)


class SandboxSubmission(SmsTable, table=True):
    """What the sandbox carrier was given, one row per submission: like a real carrier it does not compare.
    `answer` is what its owner answers, until that is told."""

    __tablename__ = "sandbox_submission"
    __table_args__ = (
        Index("sandbox_by_reference", "reference"),
        Index("sandbox_unreported", "id", postgresql_where=text("NOT reported")),
        Index("sandbox_unanswered", "id", postgresql_where=text("answer IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    reference: UUID
    to: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    parts: int
    received_at: datetime = Field(sa_type=UtcDateTime)
    outcome: Status = Field(sa_type=stored(Status))
    reported: bool = False
    answer: str | None = Field(default=None, sa_type=Text)


outward_calls_table.table(SmsTable.metadata)
