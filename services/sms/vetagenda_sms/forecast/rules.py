"""When a month's segments are used up, and what segments cost. Pure."""

import math
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal


def ends_on(today: date, limit: int | None, used: int, segments_a_month: float) -> date | None:
    """The day on which the month's last segment goes, sending evenly, today included: this month or, with a
    fresh limit, next month. None when the rate never gets there, and without a pool."""
    if not limit:
        return None
    days_left = _days_of(today) - today.day + 1
    day = _day_used_up(limit - used, segments_a_month / _days_of(today))
    if day is not None and day < days_left:
        return today + timedelta(days=day)
    first = today + timedelta(days=days_left)
    day = _day_used_up(limit, segments_a_month / _days_of(first))
    return first + timedelta(days=day) if day is not None and day < _days_of(first) else None


def _day_used_up(left: int, a_day: float) -> int | None:
    """How many days later; 0 is the first of them."""
    if left <= 0:
        return 0
    return math.ceil(round(left / a_day, 6)) - 1 if a_day > 0 else None


def _days_of(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def cost_of(segments: int, price: Decimal | None) -> Decimal | None:
    return None if price is None else segments * price
