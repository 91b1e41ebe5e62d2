"""SMS-3: who may still take from a month's pool, and when it ends, as tables of cases."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from vetagenda_sms.messages.rules import MessageClass, month_of
from vetagenda_sms.quota.rules import AtLimit, Ceiling, ceiling_of, ends_on, newly_reached, room

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("kind", "at_limit", "ceiling"),
    [
        ("urgent", "overage", Ceiling.NONE),
        ("urgent", "block", Ceiling.NONE),
        ("transactional", "overage", Ceiling.NONE),
        ("transactional", "block", Ceiling.POOL),
        ("recall", "overage", Ceiling.UNRESERVED),
        ("recall", "block", Ceiling.UNRESERVED),
        ("marketing", "overage", Ceiling.UNRESERVED),
        ("marketing", "block", Ceiling.UNRESERVED),
    ],
)
def test_how_much_each_class_may_use(kind: str, at_limit: str, ceiling: Ceiling) -> None:
    """SMS-3: notices of a move or a cancellation are never blocked."""
    assert ceiling_of(MessageClass(kind), AtLimit(at_limit)) is ceiling


@pytest.mark.parametrize(
    ("allowance", "used", "left"),
    [(100, 0, 90), (100, 89, 1), (100, 90, 0), (100, 120, 0), (15, 0, 14), (0, 0, 0), (None, 10_000, None)],
)
def test_a_tenth_is_kept_from_advertising(allowance: int | None, used: int, left: int | None) -> None:
    """SMS-3."""
    assert room(allowance, used) == left


@pytest.mark.parametrize(
    ("allowance", "used", "told", "shares"),
    [
        (100, 79, 0, []),
        (100, 80, 0, [80]),
        (100, 99, 80, []),
        (100, 100, 80, [100]),
        (100, 100, 0, [80, 100]),
        (100, 300, 100, []),
        (3, 2, 0, []),
        (3, 3, 0, [80, 100]),
        (0, 5, 0, []),
        (None, 5_000, 0, []),
    ],
)
def test_shares_are_told_once(allowance: int | None, used: int, told: int, shares: list[int]) -> None:
    """SMS-3: 80 and 100 per cent."""
    assert newly_reached(allowance, used, told) == shares


@pytest.mark.parametrize(
    ("allowance", "by_day", "now", "ends"),
    [
        (100, {}, "2026-03-10T12:00", None),
        (100, {2: 10}, "2026-03-11T00:00", None),
        (100, {2: 50}, "2026-03-11T00:00", "2026-03-21"),
        (310, {1: 100}, "2026-03-11T00:00", None),  # exactly as long as the month
        (300, {1: 100}, "2026-03-11T00:00", "2026-03-31"),
        (100, {1: 40, 5: 60, 9: 1}, "2026-03-10T12:00", "2026-03-05"),  # it has ended
        (100, {1: 10}, "2026-03-01T00:30", "2026-03-11"),  # half an hour is no rate
        (None, {1: 5000}, "2026-03-10T12:00", None),
        (0, {}, "2026-03-10T12:00", None),
    ],
)
def test_the_day_on_which_the_pool_ends(
    allowance: int | None, by_day: dict[int, int], now: str, ends: str | None
) -> None:
    """SMS-3: at the present rate, over the clock change of the month too."""
    at = datetime.fromisoformat(now).replace(tzinfo=PARIS)
    days = {date(2026, 3, day): segments for day, segments in by_day.items()}
    found = ends_on(allowance, days, month_of(at, PARIS), at, PARIS)
    assert (found and found.isoformat()) == ends
