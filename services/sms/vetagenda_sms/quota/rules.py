"""Who may still take from a month's pool, and when it ends. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from vetagenda_sms.messages.rules import ADVERTISES, MessageClass

SHARES = (80, 100)
"""Per cent of the pool that are told of when they are reached."""
_KEPT = 10
"""One in so many is kept from what advertises."""
_A_DAY = timedelta(days=1)


class AtLimit(StrEnum):
    """What becomes of a transactional message when the pool is used up."""

    OVERAGE = "overage"
    BLOCK = "block"


class Ceiling(StrEnum):
    """How much of the pool a message may use."""

    NONE = "none"  # leaves in any case, as overage
    POOL = "pool"
    UNRESERVED = "unreserved"  # the pool without what is kept for the others


def ceiling_of(message_class: MessageClass, at_limit: AtLimit) -> Ceiling:
    if message_class in ADVERTISES:
        return Ceiling.UNRESERVED
    blocked = message_class is MessageClass.TRANSACTIONAL and at_limit is AtLimit.BLOCK
    return Ceiling.POOL if blocked else Ceiling.NONE


def kept_from_advertising(allowance: int) -> int:
    """Segments that recalls and marketing leave to the others."""
    return allowance // _KEPT


def room(allowance: int | None, used: int) -> int | None:
    """What recalls and marketing may still use; None without a limit."""
    if allowance is None:
        return None
    return max(0, allowance - kept_from_advertising(allowance) - used)


def newly_reached(allowance: int | None, used: int, told: int) -> list[int]:
    """The shares to be told of, the smaller first. Nothing is a share of nothing."""
    if not allowance:
        return []
    return [share for share in SHARES if told < share and used * 100 >= allowance * share]


def ends_on(
    allowance: int | None,
    by_day: Mapping[date, int],
    month: tuple[datetime, datetime],
    now: datetime,
    zone: ZoneInfo,
) -> date | None:
    """The day on which the pool was used up, or will be if the rest of the month goes on as it began. None:
    it lasts."""
    if allowance is None:
        return None
    used = 0
    for day, segments in sorted(by_day.items()):
        used += segments
        if used >= allowance:
            return day
    start, end = month
    elapsed = max(now - start, _A_DAY)
    at = start + elapsed * (allowance / used) if used else end
    return at.astimezone(zone).date() if at < end else None
