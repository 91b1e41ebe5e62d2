"""The calendar-sync service's tables: links, and what each remembers of every event (the status table)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field

from vetagenda_kit import outward_calls_table
from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.rows import RowModel


def _link() -> Any:
    return ForeignKey("calendar_link.id", ondelete="CASCADE")


class CalendarSyncTable(RowModel, registry=registry()):
    """Base of this service's tables, with a registry of its own."""


class CalendarLink(CalendarSyncTable, table=True):
    """One column of the agenda and one remote calendar.

    `key` names the pair, so that a new link between the same two adopts what is there. `tokens` is
    encrypted. `fencing` grows with every lease: a cycle that lost its lease cannot write any more.
    `is_turning`: two ways from the next cycle on, which still runs one way.
    `cycle_requested`, `_started`, `_done` are cycle numbers. Times are real, also for a test practice.
    `account` is a digest of whose calendar it is; no consent begun before `consent_used_at` counts.
    The agenda was read to `agenda_read_to`, for certain where `agenda_certain_to` is the same instant.
    `locale` and `time_zone` are the practice's, as last heard: people read the link while the agenda is away.
    """

    __tablename__ = "calendar_link"
    __table_args__ = (
        UniqueConstraint("practice_id", "key", name="calendar_link_once"),
        Index("calendar_link_due", "next_run_at"),
        Index("calendar_link_of_calendar", "practice_id", "calendar_id"),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    version: int = 1
    calendar_id: UUID
    provider: str = Field(sa_type=Text)
    remote_calendar_id: str | None = Field(default=None, sa_type=Text)
    remote_calendar_name: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    key: UUID | None = None
    mode: str = Field(default="two_way", sa_type=Text)
    privacy: str = Field(default="full", sa_type=Text)
    conflict_winner: str = Field(default="agenda", sa_type=Text)
    past_days: int = 7
    transparent_free: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    state: str = Field(default="connecting", sa_type=Text)
    state_reason: str | None = Field(default=None, sa_type=Text)
    is_virtual: bool = False
    starts_automatically: bool = True
    locale: str = Field(default="fr", sa_type=Text)
    time_zone: str = Field(default="Europe/Paris", sa_type=Text)
    tokens: bytes | None = Field(default=None, sa_type=LargeBinary)
    account: str | None = Field(default=None, sa_type=Text)
    consent_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_turning: bool = False
    cursor: str | None = Field(default=None, sa_type=Text)
    cursor_query_hash: str | None = Field(default=None, sa_type=Text)
    listed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    agenda_epoch: UUID | None = None
    agenda_read_to: datetime | None = Field(default=None, sa_type=UtcDateTime)
    agenda_certain_to: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    fencing: int = 0
    next_run_at: datetime = Field(sa_type=UtcDateTime)
    failures: int = 0
    cycle_requested: int = 0
    cycle_started: int = 0
    cycle_done: int = 0
    last_success_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_change_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_to_remote_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_to_agenda_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class SyncEvent(CalendarSyncTable, table=True):
    """What is remembered of one appointment or one remote event. Unique per link, never globally.

    `marks` counts how often it was marked dirty: a row marked while it was worked on stays dirty.
    `kind` is appointment, block (a whole day, a series) or foreign (not ours to touch). `has_blocks`: the
    agenda holds busy time for it, or will, laid anew when the practice's day is another than `laid_on`.
    `starts_at` is its start when the row was made: a long first export takes what comes next first.
    `held` is the kind of decision that it waits for, `held_values` what both sides say; `verdict` is what a
    person has decided, until a cycle has carried it out. `trail` is what the engine has tried already.
    """

    __tablename__ = "sync_event"
    __table_args__ = (
        UniqueConstraint("link_id", "appointment_id", name="sync_event_of_appointment"),
        UniqueConstraint("link_id", "remote_id", name="sync_event_of_remote"),
        Index("sync_event_dirty", "link_id", postgresql_where=text("is_dirty")),
        Index("sync_event_held", "link_id", postgresql_where=text("held IS NOT NULL")),
        Index("sync_event_blocks", "link_id", postgresql_where=text("has_blocks")),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    link_id: UUID = Field(sa_column_args=[_link()])
    appointment_id: UUID
    remote_id: str = Field(sa_type=Text)
    kind: str = Field(default="appointment", sa_type=Text)
    incarnation: int = 0
    revision: int = 0
    agreed_revision: int | None = None
    seen: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    has_ended: bool = False
    is_dirty: bool = False
    marks: int = 0
    known_version: int = 0
    attempts: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    flag: str | None = Field(default=None, sa_type=Text)
    starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    held: str | None = Field(default=None, sa_type=Text)
    held_values: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    verdict: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    trail: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    has_blocks: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    laid_on: date | None = None
    updated_at: datetime = Field(sa_type=UtcDateTime)


class SyncBase(CalendarSyncTable, table=True):
    """The values of one revision, in both sides' words: what was agreed, or is about to be."""

    __tablename__ = "sync_base"

    sync_event_id: UUID = Field(
        primary_key=True, sa_column_args=[ForeignKey("sync_event.id", ondelete="CASCADE")]
    )
    revision: int = Field(primary_key=True)
    practice_id: UUID
    agenda: dict[str, Any] = Field(sa_type=JSONB)
    sent: dict[str, Any] = Field(sa_type=JSONB)
    echo: dict[str, Any] | None = Field(default=None, sa_type=JSONB)


class SyncConflict(CalendarSyncTable, table=True):
    """A person's value that did not win. Kept for at least 90 days, to be brought back."""

    __tablename__ = "sync_conflict"
    __table_args__ = (Index("sync_conflict_of_link", "link_id", "id"),)

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    link_id: UUID = Field(sa_column_args=[_link()])
    appointment_id: UUID
    field: str = Field(sa_type=Text)
    kept: Any = Field(default=None, sa_type=JSONB)
    lost: Any = Field(default=None, sa_type=JSONB)
    lost_by: str = Field(sa_type=Text)
    status: str = Field(default="open", sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)


class SyncJournal(CalendarSyncTable, table=True):
    """Every write on either side, with the cycle that made it. Ids and names of fields, no values."""

    __tablename__ = "sync_journal"
    __table_args__ = (Index("sync_journal_of_link", "link_id", "id"),)

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    link_id: UUID = Field(sa_column_args=[_link()])
    appointment_id: UUID
    cycle: int
    act: str = Field(sa_type=Text)
    fields: list[str] = Field(sa_type=JSONB)
    at: datetime = Field(sa_type=UtcDateTime)


class GoogleChannel(CalendarSyncTable, table=True):
    """The channel through which Google tells of changes. Without an id there is none: again at `renew_at`.
    `wanted_at`: a notification has asked for a cycle at that time."""

    __tablename__ = "google_channel"
    __table_args__ = (
        UniqueConstraint("channel_id", name="google_channel_once"),
        Index("google_channel_wanted", "wanted_at", postgresql_where=text("wanted_at IS NOT NULL")),
    )

    link_id: UUID = Field(primary_key=True, sa_column_args=[_link()])
    practice_id: UUID
    channel_id: UUID | None = None
    resource_id: str | None = Field(default=None, sa_type=Text)
    token_digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    renew_at: datetime = Field(sa_type=UtcDateTime)
    wanted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class GoogleFarewell(CalendarSyncTable, table=True):
    """An access that has to be given back because its link has ended. Gone as soon as that is done."""

    __tablename__ = "google_farewell"

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    account: str | None = Field(default=None, sa_type=Text)
    tokens: bytes = Field(sa_type=LargeBinary)
    channel_id: UUID | None = None
    resource_id: str | None = Field(default=None, sa_type=Text)
    attempts: int = 0
    next_try_at: datetime = Field(sa_type=UtcDateTime)


class EndedLink(CalendarSyncTable, table=True):
    """A link that is gone and may still have blocks in the agenda: they are withdrawn at `due_at`, and once
    more when no cycle can be under way any more; then this goes."""

    __tablename__ = "ended_link"

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    ended_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)


outward_calls_table.table(CalendarSyncTable.metadata)
