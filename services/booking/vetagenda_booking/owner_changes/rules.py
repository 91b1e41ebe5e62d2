"""Until when an owner may cancel or move an appointment online."""

from datetime import datetime, timedelta


def may_change(now: datetime, start: datetime, limit: timedelta) -> bool:
    """Only while the start is MORE than `limit` of elapsed time away: exactly that is too late (BOOK-8)."""
    return start - now > limit
