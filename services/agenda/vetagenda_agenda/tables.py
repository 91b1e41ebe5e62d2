"""The agenda's tables. Rows never parse input or render output: schemas do."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Computed, Identity, Index, Text, Uuid, false, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, ExcludeConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.rows import RowModel


class Table(RowModel, registry=registry()):
    """The agenda's own metadata: never SQLModel's shared one."""


metadata = Table.metadata


def instant(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(sa_column=Column(UtcDateTime, nullable=nullable, index=index))


def optional_instant() -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


def json_column(default: Any = None, *, nullable: bool = False) -> Any:
    return Field(default=default, sa_column=Column(JSONB, nullable=nullable))


class Tenant(Table):
    """What every record of a practice has."""

    id: UUID = Field(primary_key=True)
    practice_id: UUID = Field(index=True)
    version: int = 1


class Record(Tenant):
    """A record that a person makes, changes and deletes. A deleted one stays for history."""

    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Practice(Table, table=True):
    """A clinic: the tenant. `virtual_now` is a test practice's clock, which stands until it is moved."""

    id: UUID = Field(primary_key=True)
    version: int = 1
    name: str
    time_zone: str
    locale: str
    country: str
    phone: str | None = None
    email: str | None = None
    address: Any = json_column(nullable=True)
    test: bool = False
    virtual_now: datetime | None = optional_instant()
    created_at: datetime = instant()


class Calendar(Record, table=True):
    """One agenda column: a practitioner, a room or a device."""

    name: str
    kind: str
    colour: str | None = None
    email: str | None = None


class AppointmentType(Record, table=True):
    __tablename__ = "appointment_type"

    name: str
    duration_minutes: int
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    requires: Any = json_column(default=[])
    colour: str | None = None
    bookable_online: bool = True
    mode: str = "direct"
    species: Any = json_column(nullable=True)
    hide_time: bool = False
    arrival_window: Any = json_column(nullable=True)
    durations: Any = Field(
        default=[], sa_column=Column(JSONB, nullable=False, server_default=text("'[]'::jsonb"))
    )
    confirmation_template_id: UUID | None = None
    reminder_template_id: UUID | None = None


class Owner(Record, table=True):
    given_name: str = ""
    family_name: str
    phone: str | None = None
    phone_e164: str | None = Field(default=None, index=True)
    email: str | None = None
    address: Any = json_column(nullable=True)
    locale: str | None = None
    birth_date: date | None = None
    remark: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
    consents: Any = json_column(default={})
    search: str = Field(
        sa_column=Column(
            Text,
            Computed(
                "lower(given_name || ' ' || family_name || ' ' || coalesce(phone, '') || ' ' || "
                "coalesce(phone_e164, '') || ' ' || coalesce(email, ''))",
                persisted=True,
            ),
        )
    )


class Animal(Record, table=True):
    owner_id: UUID = Field(index=True)
    name: str
    species: str | None = None
    breed: str | None = None
    born_on: date | None = None
    deceased_on: date | None = None


class Absence(Record, table=True):
    """Entered by staff, or a block that a linked calendar keeps: then `linked_event_id` stands for the event
    there that it is of, a series having one row for each of its times."""

    __table_args__ = (
        Index(
            "absence_of_linked_event",
            "linked_event_id",
            postgresql_where=text("linked_event_id IS NOT NULL"),
        ),
        Index(
            "absence_of_link",
            "calendar_link_id",
            "end",
            postgresql_where=text("linked_event_id IS NOT NULL"),
        ),
    )

    calendar_id: UUID
    start: datetime = instant()
    end: datetime = instant()
    reason: str = ""
    source: str = Field(
        default="staff", sa_column=Column(Text, nullable=False, server_default=text("'staff'"))
    )
    calendar_link_id: UUID | None = None
    linked_event_id: UUID | None = None


class Closure(Record, table=True):
    """The whole practice is closed: busy for every calendar."""

    start: datetime = instant()
    end: datetime = instant()
    reason: str = ""


class Appointment(Table, table=True):
    """`overlaps` says that its occupancy is not exclusive: an override, or typed over on a phone."""

    __table_args__ = (
        Index("appointment_agenda", "practice_id", "start"),
        Index("appointment_changed", "practice_id", "updated_at"),
        Index("appointment_of_owner", "owner_id", "start"),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    uid: str
    version: int = 1
    sequence: int = 0
    status: str
    start: datetime = instant()
    end: datetime = instant()
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    calendar_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    appointment_type_id: UUID | None = None
    owner_id: UUID | None = None
    owner_name: str | None = None
    animal_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    title: str = ""
    description: str = ""
    notes: str = ""
    phone: str | None = None
    source: str
    published: bool = False
    needs_completion: bool = False
    overlaps: bool = False
    override_reason: str | None = None
    cancelled_by: str | None = None
    cancel_reason: str | None = None
    expires_at: datetime | None = optional_instant()
    confirmed_by_owner_at: datetime | None = optional_instant()
    created_at: datetime = instant()
    updated_at: datetime = instant()


class Occupancy(Table, table=True):
    """One row per calendar that something takes. `during` includes the type's buffers.

    Exclusive rows (appointments, requests, holds) cannot intersect: the database refuses it itself.
    Under row-level security no index answers `&&`, which might leak what it looks at: whoever looks for
    what lies in a time compares `begins_at` and `ends_at`, the edges of `during`.
    A hold that booking placed says of which type it holds a start, and which: caps count it while it lives.
    """

    __table_args__ = (
        ExcludeConstraint(
            ("calendar_id", "="),
            ("during", "&&"),
            name="occupancy_no_double_booking",
            where="exclusive",
            using="gist",
        ),
        Index("occupancy_time", "calendar_id", "ends_at", "begins_at"),
        Index("occupancy_holds", "expires_at", postgresql_where="kind = 'hold'"),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    calendar_id: UUID
    during: Any = Field(sa_column=Column(TSTZRANGE, nullable=False))
    begins_at: datetime | None = Field(
        default=None, sa_column=Column(UtcDateTime, Computed("lower(during)", persisted=True))
    )
    ends_at: datetime | None = Field(
        default=None, sa_column=Column(UtcDateTime, Computed("upper(during)", persisted=True))
    )
    exclusive: bool = True
    kind: str
    subject_id: UUID = Field(index=True)
    expires_at: datetime | None = optional_instant()
    held_type_id: UUID | None = None
    held_start: datetime | None = optional_instant()


class Change(Table, table=True):
    """Who changed what, when, before and after: the audit and the memory for `as_of`.

    `at` is the practice's clock, `recorded_at` real time. `words_gone`: `before` is emptied of names, numbers
    and texts, for it is older than these are kept; so is the `after` of all entries before it.
    """

    __table_args__ = (
        Index("change_of", "subject_id", "version"),
        Index("change_with_words", "at", postgresql_where=text("NOT words_gone")),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    practice_id: UUID = Field(index=True)
    kind: str
    subject_id: UUID
    version: int
    event_type: str
    actor_kind: str
    actor_id: str
    at: datetime = instant()
    recorded_at: datetime = instant()
    before: Any = json_column(nullable=True)
    after: Any = json_column(nullable=True)
    words_gone: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class UpdateItem(Table, table=True):
    """An entry of the inbox "updated appointments"."""

    __tablename__ = "update_item"

    id: UUID = Field(primary_key=True)
    practice_id: UUID = Field(index=True)
    appointment_id: UUID = Field(index=True)
    kind: str
    created_at: datetime = instant()
    acknowledged_at: datetime | None = optional_instant()
    acknowledged_by: str | None = None


class Epoch(Table, table=True):
    """One row: changes when the data are restored from a backup, so that others notice."""

    id: int = Field(primary_key=True)
    value: UUID
