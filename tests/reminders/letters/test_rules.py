"""A letter only where nothing else tells the same (REM-10), as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from vetagenda_reminders.ledger.rules import Skip, Wait
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.letters.rules import Pause, Sibling, Window, beside, window_of

NOW = datetime(2026, 12, 17, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TOLD = Skip(SkipReason.TOLD_OTHERWISE)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], None),
        ([Status.SENT], TOLD),
        ([Status.SKIPPED], None),
        ([Status.FAILED], None),
        ([Status.CANCELLED], None),
        ([Status.WITHDRAWN], None),
        ([Status.SKIPPED, Status.FAILED], None),
        ([Status.SKIPPED, Status.SENT], TOLD),
        ([Status.PLANNED], Pause()),
        ([Status.SENDING], Pause()),
        ([Status.SENDING, Status.SENT], TOLD),
        ([Status.PLANNED, Status.SKIPPED], Pause()),
        ([Status.FAILED, Status.SENDING], Pause()),
    ],
)
def test_what_else_tells_the_same(statuses: list[Status], expected: object) -> None:
    """REM-10: what left is enough, what may yet leave is waited for, what failed does not count."""
    assert beside([Sibling(status, NOW) for status in statuses], NOW) == expected


def test_a_letter_waits_for_what_is_due_later() -> None:
    """REM-10: an SMS of the early morning leaves at eight."""
    later = Sibling(Status.PLANNED, LATER)
    assert beside([later], NOW) == Wait(LATER)
    assert beside([later, Sibling(Status.SKIPPED, NOW)], NOW) == Wait(LATER)
    assert beside([later, Sibling(Status.SENT, NOW)], NOW) == TOLD


@pytest.mark.parametrize(
    ("country", "window"),
    [
        ("FR", Window.RIGHT),
        ("BE", Window.RIGHT),
        ("CH", Window.RIGHT),
        ("DE", Window.LEFT),
        ("AT", Window.LEFT),
    ],
)
def test_the_side_of_the_window(country: str, window: Window) -> None:
    """REM-13: by the practice's country."""
    assert window_of(country) is window
