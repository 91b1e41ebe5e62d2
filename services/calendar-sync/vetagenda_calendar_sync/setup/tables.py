"""The table of set-up links that were opened."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlmodel import Field

from vetagenda_calendar_sync.tables import CalendarSyncTable
from vetagenda_kit.db import UtcDateTime


class SetupOpening(CalendarSyncTable, table=True):
    """A set-up link opens once: its number is noted then. Dropped when the link would have ended anyway."""

    __tablename__ = "setup_opening"

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    link_id: UUID = Field(sa_column_args=[ForeignKey("calendar_link.id", ondelete="CASCADE")])
    opened_at: datetime = Field(sa_type=UtcDateTime)
