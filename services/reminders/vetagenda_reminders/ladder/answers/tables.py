"""Answers that the agenda has not been told of yet."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from vetagenda_kit.db import UtcDateTime
from vetagenda_reminders.tables import RemindersTable


class OwnerAnswer(RemindersTable, table=True):
    """A yes to a message of an appointment, until the agenda has it; the timeline of the row keeps what came
    of it. `id` is the sms service's, `said_at` the practice's time, `retry_at` real time, before which nobody
    looks at it again."""

    __tablename__ = "owner_answer"

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    reminder_id: UUID
    said_at: datetime = Field(sa_type=UtcDateTime)
    retry_at: datetime = Field(sa_type=UtcDateTime, index=True)
