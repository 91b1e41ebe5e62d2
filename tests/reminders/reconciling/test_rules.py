"""PLAT-2: what counts as a lost event, as a table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from vetagenda_reminders.facts import InAgenda, State
from vetagenda_reminders.reconciling.jobs import last_night
from vetagenda_reminders.reconciling.rules import Found, InLedger, compare

ONE = UUID(int=1)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
THERE = InAgenda(id=ONE, version=3, state=State.CONFIRMED, start=NOON, updated_at=NOON - 9 * HOUR)
HERE = InLedger(id=ONE, dirty=False, seen=3, version=3, state=State.CONFIRMED, start=NOON, coming=True)
SETTLED = NOON - 8 * HOUR


@pytest.mark.parametrize(
    ("there", "here", "found"),
    [
        (THERE, HERE, None),
        (THERE, None, Found.MISSING),
        (THERE, replace(HERE, version=2, seen=2), Found.BEHIND),
        (THERE, replace(HERE, start=NOON - HOUR), Found.BEHIND),
        (THERE, replace(HERE, state=State.REQUESTED), Found.BEHIND),
        # Waits to be planned: planning sees the agenda as it is then.
        (THERE, replace(HERE, version=None, state=None, start=None, dirty=True), None),
        (THERE, replace(HERE, version=2, seen=2, dirty=True), None),
        # The agenda was restored: what planning waits for never comes.
        (THERE, replace(HERE, version=4, seen=4), Found.AHEAD),
        (THERE, replace(HERE, seen=4, dirty=True), Found.AHEAD),
        # No longer there, or no longer to come.
        (None, HERE, Found.GONE),
        (None, replace(HERE, coming=False), None),
        (None, replace(HERE, dirty=True), None),
        # A change of just now is on its way.
        (THERE.model_copy(update={"updated_at": NOON}), None, None),
        (THERE.model_copy(update={"updated_at": NOON}), replace(HERE, version=2, seen=2), None),
    ],
)
def test_what_is_a_lost_event(there: InAgenda | None, here: InLedger | None, found: Found | None) -> None:
    result = compare([there] if there else [], {ONE: here} if here else {}, SETTLED)
    assert result == ({ONE: found} if found else {})


@pytest.mark.parametrize(
    ("hour", "night"), [(0, "2026-11-24T01:30:00Z"), (1, "2026-11-24T01:30:00Z"), (2, "2026-11-25T01:30:00Z")]
)
def test_a_night_lasts_until_the_next(hour: int, night: str) -> None:
    now = datetime(2026, 11, 25, hour, 29, tzinfo=UTC)
    assert last_night(now, datetime(2026, 1, 1, 1, 30).time()) == datetime.fromisoformat(night)
