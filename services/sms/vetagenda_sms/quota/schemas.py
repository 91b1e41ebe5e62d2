"""A month's use on the wire."""

from datetime import date, datetime

from pydantic import Field

from vetagenda_kit.models import ViewModel
from vetagenda_sms.messages.rules import MessageClass


class UsageView(ViewModel):
    """What was handed to carriers in the practice's present calendar month, `from` <= submitted < `to`.

    `used` of `limit` segments are taken, `overage` beyond it; a `limit` of null is none. Of the limit
    `reserved` are kept from recalls and marketing. `by_day` has the practice's local days on which
    something left. `ends_on` is the day on which the pool was used up, or will be at the present rate; null
    when it lasts.
    """

    month_start: datetime = Field(serialization_alias="from")
    month_end: datetime = Field(serialization_alias="to")
    time_zone: str
    segments: int
    messages: int
    limit: int | None
    used: int
    overage: int
    reserved: int
    by_class: dict[MessageClass, int]
    by_day: dict[date, int]
    ends_on: date | None
