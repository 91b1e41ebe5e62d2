"""When each practice was last compared."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from vetagenda_kit.db import UtcDateTime
from vetagenda_reminders.tables import RemindersTable


class Reconciliation(RemindersTable, table=True):
    """One a practice, in real time: until when a worker has it, and when it was last gone through."""

    __tablename__ = "reconciliation"

    practice_id: UUID = Field(primary_key=True)
    leased_until: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
