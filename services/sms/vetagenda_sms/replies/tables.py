"""What owners answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field

from vetagenda_kit.db import UtcDateTime
from vetagenda_sms.replies.rules import Meaning
from vetagenda_sms.tables import SmsTable, stored


class Reply(SmsTable, table=True):
    """One answer to one message, which has the number. `text` is forgotten after a while; what it meant
    stays. `received_at` is the practice's time, `recorded_at` real time."""

    __tablename__ = "reply"
    __table_args__ = (
        UniqueConstraint("practice_id", "carrier", "carrier_reference", name="reply_once"),
        Index("reply_texts", "recorded_at", postgresql_where=text("text IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    message_id: UUID = Field(index=True)
    carrier: str = Field(sa_type=Text)
    carrier_reference: str = Field(sa_type=Text)
    text: str | None = Field(default=None, sa_type=Text)
    meaning: Meaning = Field(sa_type=stored(Meaning))
    received_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
