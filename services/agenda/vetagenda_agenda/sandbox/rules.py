"""How far a test practice's clock may be moved."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from vetagenda_kit.problems import InvalidRequest

END = datetime(9001, 1, 1, tzinfo=UTC)
"""As for every instant that is sent (`vetagenda_kit.models.Instant`)."""


_YEARS_OR_MONTHS = re.compile(r"[+-]?P[^T]*[YM]")


def of_fixed_length(duration: Any) -> Any:
    """Raises ValueError for an ISO 8601 duration that counts years or months; only texts are looked at."""
    if isinstance(duration, str) and _YEARS_OR_MONTHS.match(duration.strip().upper()):
        raise ValueError("a year or a month has no length of its own: give weeks or days, or `now`")
    return duration


def advanced(current: datetime, by: timedelta) -> datetime:
    """Raises InvalidRequest at `/advance`: time only goes on, and not beyond the end of the calendar."""
    if by < timedelta():
        raise InvalidRequest.at("/advance", "it must not be negative: `now` sets the clock back")
    if by >= END - current:
        detail = (
            f"the clock stands at {current:%Y-%m-%d}: it goes on until the end of the year {END.year - 1}"
        )
        raise InvalidRequest.at("/advance", detail)
    return current + by
