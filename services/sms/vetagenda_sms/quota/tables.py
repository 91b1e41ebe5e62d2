"""The month's pool of a practice."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from vetagenda_kit.db import UtcDateTime
from vetagenda_sms.tables import SmsTable


class Pool(SmsTable, table=True):
    """Segments of one calendar month, in the practice's zone.

    `allowance` is what the practitioners give, null without a limit; it only grows within a month. `used` is
    what was or is being handed to the carrier, so that it may exceed the allowance. `told` is the greatest
    share in per cent that was told of. `asked_at` is real time, null while nobody has asked the agenda yet
    how many practitioners there are: the allowance is provisional then.
    """

    __tablename__ = "pool"

    practice_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    allowance: int | None = 0
    used: int = 0
    told: int = 0
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
