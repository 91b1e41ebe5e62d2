"""4.6: what cannot be read is there: nothing is concluded from it, on either side."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from vetagenda_calendar_sync.engine.arrive import of_new
from vetagenda_calendar_sync.engine.plan import plan
from vetagenda_calendar_sync.engine.state import Agenda, Base, Rules, Salvaged, Seen, Tracked
from vetagenda_calendar_sync.mapping.fields import Fields, Period
from vetagenda_calendar_sync.mapping.summary import Facts, remote_fields

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
KEY, APPOINTMENT = UUID(int=1), UUID(int=2)
FIELDS = Fields("VACCIN", Period(NOW + timedelta(hours=1), NOW + timedelta(hours=2)))
AGREED = Base(1, FIELDS, remote_fields(FIELDS, Facts("confirmed"), "full"))
SEEN = Seen("x", '"2"', is_unreadable=True)


@pytest.mark.parametrize(
    "agenda", [None, Agenda(3, FIELDS, Facts("confirmed")), Agenda(3, FIELDS, Facts("cancelled"))]
)
@pytest.mark.parametrize("agreed", [None, AGREED])
def test_nothing_is_done_and_people_are_told(agenda: Agenda | None, agreed: Base | None) -> None:
    todo = plan(Tracked(APPOINTMENT, "x", agreed=agreed, seen=SEEN), agenda, Rules(KEY), NOW)
    assert (todo.actions, todo.base, todo.flags, todo.has_ended) == ((), None, ("unreadable",), False)


def test_a_new_one_is_looked_at_so_that_it_is_told() -> None:
    arrival = of_new(SEEN, Rules(KEY), NOW)
    assert arrival is not None
    assert arrival.is_dirty


def test_what_is_too_large_is_told_by_that() -> None:
    """4.6: the person has to know what to do."""
    todo = plan(Tracked(APPOINTMENT, "x", seen=replace(SEEN, is_too_large=True)), None, Rules(KEY), NOW)
    assert (todo.actions, todo.flags) == ((), ("too-large",))


@pytest.mark.parametrize("seen", [SEEN, replace(SEEN, salvaged=Salvaged("VACCIN", NOW.isoformat()))])
def test_it_is_remembered_as_it_is(seen: Seen) -> None:
    assert Seen.of_json(json.loads(json.dumps(seen.json()))) == seen
    later = ("is_unreadable", "is_too_large", "salvaged")
    before = {name: value for name, value in SEEN.json().items() if name not in later}
    assert not Seen.of_json(before).is_unreadable  # rows of an earlier version
