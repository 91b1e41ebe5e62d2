"""Wall clock and instants: practices think in local days and hours, the ledger in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

POLITE_FROM = time(8)
POLITE_UNTIL = time(20)


def at_local(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time. One that the spring change leaves out is read with the offset
    before the change; one that the autumn change repeats is its first."""
    return datetime.combine(day, hour, zone).astimezone(UTC)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def is_polite(instant: datetime, zone: ZoneInfo) -> bool:
    """Between 08:00 and 20:00 on the practice's clock (SMS-3)."""
    return POLITE_FROM <= instant.astimezone(zone).time() < POLITE_UNTIL


def next_polite(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant itself when it is polite, otherwise the next 08:00."""
    if is_polite(instant, zone):
        return instant
    local = instant.astimezone(zone)
    day = local.date() + timedelta(days=1 if local.time() >= POLITE_UNTIL else 0)
    return at_local(day, POLITE_FROM, zone)


def previous_polite(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant itself when it is polite, otherwise the last minute before the preceding 20:00."""
    if is_polite(instant, zone):
        return instant
    local = instant.astimezone(zone)
    day = local.date() - timedelta(days=1 if local.time() < POLITE_FROM else 0)
    return at_local(day, POLITE_UNTIL, zone) - timedelta(minutes=1)


def on_the_wall(at: time) -> time:
    """Raises ValueError for a time with an offset: it would say two hours, the practice's and another."""
    if at.tzinfo is not None:
        raise ValueError("a time of the practice's own clock has no offset")
    return at
