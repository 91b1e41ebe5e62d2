"""When a message may leave, and which reports change what we know of it. Pure."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from vetagenda_kit.public_holidays import PublicHolidays

DAY_STARTS, DAY_ENDS = time(8), time(20)
_SATURDAY = 5
LONGEST_BUSY_WAIT = timedelta(days=1)


class MessageClass(StrEnum):
    TRANSACTIONAL = "transactional"  # belongs to an appointment or a planned care reminder
    URGENT = "urgent"  # a move or a cancellation: at any hour
    RECALL = "recall"  # asks somebody back without an appointment
    MARKETING = "marketing"  # advertises


ADVERTISES = frozenset({MessageClass.RECALL, MessageClass.MARKETING})
"""Nobody waits for it: working days only, and last when there is little left of the month's pool."""


class Status(StrEnum):
    PLANNED = "planned"
    SENDING = "sending"  # the intent is committed; the carrier may or may not have it yet
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REJECTED = "rejected"
    EXPIRED = "expired"
    UNKNOWN = "unknown"  # the carrier's answer was lost
    CANCELLED = "cancelled"  # withdrawn before it left
    SUPPRESSED = "suppressed"  # may not leave, for a `Reason`


class Reason(StrEnum):
    """Why a message is suppressed."""

    OVER_QUOTA = "over_quota"
    OPTED_OUT = "opted_out"
    ERASED = "erased"  # its owner's data was erased before it left


# Handed to the carrier, as far as anybody knows: these segments are paid for.
SUBMITTED = (
    Status.SENDING,
    Status.ACCEPTED,
    Status.DELIVERED,
    Status.UNDELIVERED,
    Status.UNKNOWN,
)

FINAL = (
    Status.DELIVERED,
    Status.UNDELIVERED,
    Status.REJECTED,
    Status.EXPIRED,
    Status.CANCELLED,
    Status.SUPPRESSED,
)

# Reports come in any order and any number of times; the one that says most stays.
_WEIGHT = {
    Status.SENDING: 0,
    Status.UNKNOWN: 1,
    Status.ACCEPTED: 2,
    Status.REJECTED: 3,
    Status.UNDELIVERED: 4,
    Status.DELIVERED: 5,
}


def says_more(reported: Status, known: Status) -> bool:
    """Whether a carrier's report changes what is known; the final state depends on no order of reports."""
    return known in _WEIGHT and _WEIGHT[reported] > _WEIGHT[known]


def leaves_at(
    now: datetime, message_class: MessageClass, zone: ZoneInfo, holidays: PublicHolidays | None = None
) -> datetime:
    """The first instant from `now` at which the practice's local time allows this class (SMS-3)."""
    if message_class is MessageClass.URGENT:
        return now
    local = now.astimezone(zone)
    if _allows(local, message_class, holidays):
        return now
    morning = datetime.combine(local.date(), DAY_STARTS, zone)
    while morning <= now or not _allows(morning, message_class, holidays):
        morning = datetime.combine(morning.date() + timedelta(days=1), DAY_STARTS, zone)
    return morning


def _allows(local: datetime, message_class: MessageClass, holidays: PublicHolidays | None) -> bool:
    if not DAY_STARTS <= local.time() < DAY_ENDS:
        return False
    return message_class not in ADVERTISES or not _rests(local.date(), holidays)


def _rests(day: date, holidays: PublicHolidays | None) -> bool:
    return day.weekday() >= _SATURDAY or bool(holidays and holidays.name_on(day))


def month_of(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The calendar month in the practice's zone that `now` falls in, half-open."""
    first = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following


def pool_month(now: datetime, zone: ZoneInfo) -> date:
    """The first day of that month: what its pool is kept under."""
    return month_of(now, zone)[0].date()


def busy_wait(at_first: timedelta, waited: timedelta) -> timedelta:
    """How long a test practice's message waits on for a carrier that is busy: as long again as it has waited,
    a day at most, so that a year of a busy sandbox is some hundred attempts."""
    return min(max(at_first, waited), LONGEST_BUSY_WAIT)
