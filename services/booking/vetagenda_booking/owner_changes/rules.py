"""Until when an owner may cancel or move an appointment online."""

from datetime import datetime, timedelta

MOVABLE = ("requested", "confirmed", "arrived")


def may_change(now: datetime, start: datetime, limit: timedelta) -> bool:
    """Only while the start is MORE than `limit` of elapsed time away: exactly that is too late (BOOK-8)."""
    return start - now > limit


def seen_at_once(animals: int, calendars: int, requirements: int) -> int:
    """How many animals of an appointment are seen at the same time, which nobody has noted.

    In as many calendars of each kind as there are animals they are; where none is named, the calendars tell.
    """
    times, rest = divmod(calendars, max(requirements, 1))
    return times if times > 1 and not rest and animals in (0, times) else 1
