"""When a failed order is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from vetagenda_booking.intents import rules

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (10**6, 300)])
def test_the_delay_grows_up_to_five_minutes(attempts: int, seconds: int) -> None:
    assert rules.delay_after(attempts) == timedelta(seconds=seconds)


def test_an_order_is_given_up_after_about_an_hour() -> None:
    waited = sum((rules.delay_after(each) for each in range(1, rules.MOST_FAULTS)), timedelta())
    assert timedelta(minutes=50) < waited < timedelta(minutes=70)


@pytest.mark.parametrize(
    ("milliseconds", "seconds"), [(-5000, 1), (0, 1), (999, 1), (1001, 2), (300_000, 300)]
)
def test_nobody_is_sent_back_too_early(milliseconds: int, seconds: int) -> None:
    assert rules.seconds_until(NOW + timedelta(milliseconds=milliseconds), NOW) == seconds
