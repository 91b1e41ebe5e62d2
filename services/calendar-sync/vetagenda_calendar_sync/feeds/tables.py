"""The table of feeds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from vetagenda_calendar_sync.tables import CalendarSyncTable
from vetagenda_kit.db import UtcDateTime


class CalendarFeed(CalendarSyncTable, table=True):
    """Who knows the secret reads the column; only its SHA-256 is kept. A revoked feed is gone."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        UniqueConstraint("secret_hash", name="calendar_feed_secret"),
        Index("calendar_feed_of_calendar", "practice_id", "calendar_id"),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    version: int = 1
    calendar_id: UUID
    privacy: str = Field(sa_type=Text)
    past_days: int
    future_days: int
    secret_hash: bytes = Field(sa_type=LargeBinary)
    secret_made_at: datetime = Field(sa_type=UtcDateTime)
    last_read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
