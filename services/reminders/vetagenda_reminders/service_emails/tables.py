"""What is ordered stays sealed until it has left, and is forgotten then."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, text
from sqlmodel import Field

from vetagenda_kit.db import UtcDateTime
from vetagenda_reminders.tables import RemindersTable, stored


class EmailStatus(StrEnum):
    """`sending` was committed before the first byte left; `sandbox` stayed here: it is a test practice's."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    SANDBOX = "sandbox"
    FAILED = "failed"
    EXPIRED = "expired"


class ServiceEmail(RemindersTable, table=True):
    """One e-mail that another service ordered, under its own id. `sealed` (encrypted) holds the address and
    what the text needs, and is null once nothing more can leave. All instants are real time: `due_at` is
    when it is tried next, or until when one worker has it."""

    __tablename__ = "service_email"
    __table_args__ = (
        Index("service_email_open", "due_at", postgresql_where=text("status IN ('planned', 'sending')")),
        Index("service_email_old", "recorded_at"),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    kind: str = Field(sa_type=Text)
    status: EmailStatus = Field(default=EmailStatus.PLANNED, sa_type=stored(EmailStatus))
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    attempts: int = 0
    due_at: datetime = Field(sa_type=UtcDateTime)
    useful_until: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
