"""BOOK-8, PART-4: may the owner still cancel online?"""

from datetime import UTC, datetime, timedelta

import pytest

from vetagenda_reminders.sending.push import may_cancel

START = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "closes_before", "answer"),
    [
        (timedelta(hours=24, seconds=1), timedelta(hours=24), True),
        (timedelta(hours=24), timedelta(hours=24), False),
        (timedelta(hours=25), timedelta(hours=48), False),
        (timedelta(minutes=31), timedelta(minutes=30), True),
        (timedelta(seconds=1), timedelta(0), True),
        (timedelta(0), timedelta(0), False),
    ],
)
def test_only_while_more_than_the_window_is_left(
    left: timedelta, closes_before: timedelta, answer: bool
) -> None:
    assert may_cancel(START, START - left, closes_before) is answer
