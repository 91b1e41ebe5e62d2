"""Where care timelines are kept."""

from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from vetagenda_reminders.tables import RemindersTable


class CarePlan(RemindersTable, table=True):
    """The steps around a visit of one appointment type; none before somebody put any."""

    __tablename__ = "care_plan"

    practice_id: UUID = Field(primary_key=True)
    appointment_type_id: UUID = Field(primary_key=True)
    version: int = 0
    steps: Any = Field(sa_column=Column(JSONB, nullable=False))
