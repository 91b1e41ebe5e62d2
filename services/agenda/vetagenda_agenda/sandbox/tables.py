"""Which test practices' clocks are moving just now."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from vetagenda_agenda.tables import Table, instant


class ClockMove(Table, table=True):
    """A practice's clock moves once at a time. `until` (real time) ends a move whose process has died."""

    __tablename__ = "clock_move"

    practice_id: UUID = Field(primary_key=True)
    id: UUID
    until: datetime = instant()
