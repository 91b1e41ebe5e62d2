"""The table of pauses."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from vetagenda_calendar_sync.tables import CalendarSyncTable
from vetagenda_kit.db import UtcDateTime

PLATFORM = UUID(int=0)
Level = Literal["link", "practice", "platform"]


class SyncPause(CalendarSyncTable, table=True):
    """Nothing of `subject_id` (a link, a practice, or `PLATFORM`) runs while its row is there.

    A pause is no state of the link: what the link has found out before stays, and is there again afterwards.
    """

    __tablename__ = "sync_pause"

    subject_id: UUID = Field(primary_key=True)
    practice_id: UUID
    level: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=UtcDateTime)
