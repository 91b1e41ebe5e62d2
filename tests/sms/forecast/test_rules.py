"""SMS-5: the day the quota ends."""

from datetime import date

import pytest

from vetagenda_sms.forecast.rules import ends_on


@pytest.mark.parametrize(
    ("today", "limit", "used", "rate", "expected"),
    [
        # 10 a day in a month of 30 days
        ("2026-06-01", 100, 0, 300, "2026-06-10"),
        ("2026-06-01", 100, 50, 300, "2026-06-05"),
        ("2026-06-16", 100, 50, 300, "2026-06-20"),
        ("2026-06-16", 100, 99, 300, "2026-06-16"),
        ("2026-06-16", 100, 100, 300, "2026-06-16"),
        ("2026-06-16", 100, 120, 300, "2026-06-16"),
        # 150 remain for 15 days: the last goes on the last of them
        ("2026-06-16", 200, 50, 300, "2026-06-30"),
        # the month ends first: the next begins with a fresh limit
        ("2026-06-29", 100, 50, 310, "2026-07-10"),
        ("2026-12-31", 100, 0, 310, "2027-01-10"),
        # never
        ("2026-06-01", 300, 0, 290, None),
        ("2026-06-01", None, 0, 300, None),
        ("2026-06-01", 100, 0, 0, None),
        ("2026-06-01", 0, 0, 300, None),  # nobody gives the practice a pool
    ],
)
def test_the_day_on_which_the_last_segment_goes(
    today: str, limit: int | None, used: int, rate: float, expected: str | None
) -> None:
    """SMS-5: evenly, this month or the next."""
    found = ends_on(date.fromisoformat(today), limit, used, rate)
    assert (found.isoformat() if found else None) == expected
