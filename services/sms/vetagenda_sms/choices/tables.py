"""A practice's choices for its SMS."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric, Text
from sqlmodel import Field

from vetagenda_sms.quota.rules import AtLimit
from vetagenda_sms.tables import SmsTable, stored


class Choices(SmsTable, table=True):
    """There is no row before the first choice."""

    __tablename__ = "choices"

    practice_id: UUID = Field(primary_key=True)
    version: int = 0
    at_limit: AtLimit = Field(default=AtLimit.OVERAGE, sa_type=stored(AtLimit))
    sender: str | None = Field(default=None, sa_type=Text)
    texts_kept_days: int
    price_per_segment: Decimal | None = Field(default=None, sa_type=Numeric)
    currency: str | None = Field(default=None, sa_type=Text)
    subdivision: str | None = Field(default=None, sa_type=Text)
