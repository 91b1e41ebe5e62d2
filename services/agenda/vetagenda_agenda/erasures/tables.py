"""Whose data was erased: ids, and which service has done its part. Who the person was stands nowhere."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from vetagenda_agenda.tables import Tenant, instant, json_column, optional_instant


def ids() -> Any:
    return Field(default=[], sa_column=Column(ARRAY(Uuid), nullable=False))


class Erasure(Tenant, table=True):
    """One owner's. The lists are what was theirs, for whoever has to be told again.

    `parts` says of each other service when it had done its part, or null and in `waits_for` for what it
    waits. `remembered_at` is when the erasure was also written outside the database, `files_gone_at` when the
    documents' files were deleted. Both lie after the commit; times are real. `sealed_numbers` is emptied when
    all have done their part.
    """

    __table_args__ = (
        UniqueConstraint("practice_id", "owner_id", name="erasure_once"),
        Index("erasure_open", "tried_at", postgresql_where=text("finished_at IS NULL")),
    )

    owner_id: UUID
    reason: str
    asked_by: str
    asked_at: datetime = instant()
    animal_ids: list[UUID] = ids()
    appointment_ids: list[UUID] = ids()
    document_ids: list[UUID] = ids()
    invitation_ids: list[UUID] = ids()
    parts: dict[str, Any] = json_column(default={})
    waits_for: dict[str, Any] = json_column(default={})
    sealed_numbers: str | None = Field(default=None, sa_type=Text)
    remembered_at: datetime | None = optional_instant()
    files_gone_at: datetime | None = optional_instant()
    tried_at: datetime | None = optional_instant()
    finished_at: datetime | None = optional_instant()
