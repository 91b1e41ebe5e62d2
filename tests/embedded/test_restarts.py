"""How long a part that died waits before it is started again."""

from datetime import timedelta
from functools import reduce

import pytest

from vetagenda_embedded.restarts import LONGEST, STABLE, Backoff

AT_ONCE = timedelta(seconds=0.1)


@pytest.mark.parametrize(
    ("lives", "delay_seconds"),
    [
        ([AT_ONCE], 0),
        ([AT_ONCE, AT_ONCE], 0.2),
        ([AT_ONCE, AT_ONCE, AT_ONCE], 0.4),
        ([AT_ONCE] * 6, 3.2),
        ([AT_ONCE] * 100, LONGEST.total_seconds()),
        ([AT_ONCE] * 100 + [STABLE], 0),
        ([AT_ONCE] * 100 + [STABLE, AT_ONCE], 0.2),
    ],
)
def test_deaths_in_a_row_wait_longer_and_a_stable_life_begins_anew(
    lives: list[timedelta], delay_seconds: float
) -> None:
    assert reduce(Backoff.after, lives, Backoff()).delay == timedelta(seconds=delay_seconds)
