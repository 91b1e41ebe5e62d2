"""When an order at which the agenda failed is told again, and when no more."""

import math
from datetime import datetime, timedelta

FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(minutes=5)
MOST_FAULTS = 20
"""An order at which the agenda has failed as often, in about an hour, is a fault of ours: it always would."""


def delay_after(attempts: int) -> timedelta:
    """1 s after the first attempt, then 2, 4, 8, up to five minutes: what fails for long disturbs little."""
    doubled: timedelta = FIRST_DELAY * 2 ** min(attempts - 1, 16)
    return min(doubled, LONGEST_DELAY)


def seconds_until(instant: datetime, now: datetime) -> int:
    """For Retry-After: whole seconds, rounded up, at least one."""
    return max(1, math.ceil((instant - now).total_seconds()))
