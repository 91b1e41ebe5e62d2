"""The waiting list: a practice's setting, who waits, what became free, and what was offered to whom."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from vetagenda_agenda.tables import Record, Table, Tenant, instant, optional_instant

_OPEN = text("status = 'open'")


def _not_yet() -> Any:
    return Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))


class WaitlistSetting(Table, table=True):
    """One row a practice. `default_length_minutes` sets the end of a slice that is given without one."""

    __tablename__ = "waitlist_setting"

    practice_id: UUID = Field(primary_key=True)
    version: int = 0
    enabled: bool = False
    default_length_minutes: int = 120
    offer_minutes: int = 30

    @property
    def default_length(self) -> timedelta:
        return timedelta(minutes=self.default_length_minutes)

    @property
    def offer_length(self) -> timedelta:
        return timedelta(minutes=self.offer_minutes)


class WaitlistEntry(Record, table=True):
    """`status`: waiting, booked. `appointment_id` is the earlier appointment that a taker would give up."""

    __tablename__ = "waitlist_entry"

    appointment_type_id: UUID
    calendar_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    owner_id: UUID = Field(index=True)
    animal_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    available_from: datetime = instant()
    available_to: datetime = instant()
    appointment_id: UUID | None = None
    status: str = "waiting"


class Vacancy(Tenant, table=True):
    """A time that became free while the waiting list was on: of each offer, what goes on to the next.

    `freed_by` is the appointment, hold, absence or closure that gave it up first. Without calendars it is
    in all. `pending` is one that nobody could be offered yet, because somebody was just at it; `awaited` is
    one that is left for somebody who decides about another time just now.
    """

    __table_args__ = (
        Index("vacancy_pending", "practice_id", postgresql_where=text("pending")),
        Index("vacancy_awaited", "practice_id", postgresql_where=text("awaited")),
    )

    freed_by: UUID
    calendar_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    start: datetime = instant()
    end: datetime = instant()
    pending: bool = _not_yet()
    awaited: bool = _not_yet()


class Offer(Tenant, table=True):
    """One entry's time to decide. While it is open, a hold with the offer's id takes the time.

    The two indexes are the net: never two open offers of one vacancy, nor two to one entry.
    """

    __table_args__ = (
        Index("offer_one_open_of_vacancy", "vacancy_id", unique=True, postgresql_where=_OPEN),
        Index("offer_one_open_to_entry", "entry_id", unique=True, postgresql_where=_OPEN),
        Index("offer_due", "expires_at", postgresql_where=_OPEN),
    )

    vacancy_id: UUID = Field(index=True)
    entry_id: UUID = Field(index=True)
    calendar_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    start: datetime = instant()
    end: datetime = instant()
    status: str = "open"
    made_at: datetime = instant()
    expires_at: datetime = instant()
    decided_at: datetime | None = optional_instant()
    appointment_id: UUID | None = None
