"""The booking service's tables. What is personal in an intent is sealed (encrypted) and goes with it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field

from vetagenda_kit.db import UtcDateTime
from vetagenda_kit.rows import RowModel


class Table(RowModel, registry=registry()):
    """Booking's own metadata: never SQLModel's shared one."""


metadata = Table.metadata


def instant() -> Any:
    return Field(sa_column=Column(UtcDateTime, nullable=False))


def optional_instant() -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


def ids() -> Any:
    return Field(sa_column=Column(ARRAY(Uuid), nullable=False))


class BookingProfile(Table, table=True):
    """Who may book what, when and how far ahead: the normal form of what the practice put."""

    __tablename__ = "booking_profile"

    practice_id: UUID = Field(primary_key=True)
    version: int
    settings: Any = Field(sa_column=Column(JSONB, nullable=False))
    updated_at: datetime = instant()


class Hold(Table, table=True):
    """The token of a hold; the time itself is held by a row of the agenda with the same id.

    `used` says of a released one that it was booked, not given back; null where that was not noted.
    `arrangement`, `owner_kind` and `species` are what was known of the visit when it was judged.
    """

    id: UUID = Field(primary_key=True)
    practice_id: UUID = Field(index=True)
    token_digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    appointment_type_id: UUID
    calendar_ids: list[UUID] = ids()
    start: datetime = instant()
    end: datetime = instant()
    animal_count: int
    arrangement: str = Field(default="adjoining", sa_column_kwargs={"server_default": "adjoining"})
    owner_kind: str | None = None
    species: str | None = None
    placed_by: str
    placed_at: datetime = instant()
    expires_at: datetime = instant()
    released_at: datetime | None = optional_instant()
    used: bool | None = None


class BookingRequest(Table, table=True):
    """What became of a booking; `start` and `end` are as requested. The appointment lives in the agenda.

    `made_by` is the caller that booked it, null where that was not noted. `virtual` rows belong to a test
    practice, whose time passes only when somebody moves its clock.
    """

    __tablename__ = "booking_request"
    __table_args__ = (
        Index("booking_request_of_practice", "practice_id", "created_at", "id"),
        Index("booking_request_of_maker", "practice_id", "made_by", "id"),
        Index("booking_request_past", "end"),
        Index("booking_request_open", "expires_at", postgresql_where="status = 'requested'"),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    version: int = 1
    status: str
    appointment_id: UUID = Field(unique=True)
    appointment_type_id: UUID
    calendar_ids: list[UUID] = ids()
    owner_id: UUID | None = None
    animal_ids: list[UUID] = ids()
    start: datetime = instant()
    end: datetime = instant()
    expires_at: datetime | None = optional_instant()
    virtual: bool = False
    made_by: str | None = None
    created_at: datetime = instant()
    updated_at: datetime = instant()


class Intent(Table, table=True):
    """An order to the agenda, kept before it is given, and then its answer.

    `sealed` is the encrypted order until `status` is set, afterwards the encrypted answer. Whoever holds the
    lease works on it. `attempts` counts those that failed; the next is made at `next_try_at`. All times are
    real.
    """

    __table_args__ = (Index("intent_due", "next_try_at", postgresql_where="status IS NULL"),)

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    kind: str
    body_digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    actor_kind: str
    actor_id: str
    actor_partner_id: UUID | None = None
    actor_call_centre_id: UUID | None = None
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    status: int | None = None
    headers: Any = Field(default={}, sa_column=Column(JSONB, nullable=False))
    created_at: datetime = instant()
    leased_until: datetime = instant()
    attempts: int = 0
    next_try_at: datetime = instant()
