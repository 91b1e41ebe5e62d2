"""SYNC-4, SYNC-9: what a person keeps to herself, what `busy` means, and events of another link."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from vetagenda_calendar_sync.cycle.guard import is_suspicious
from vetagenda_calendar_sync.engine.actions import Change, Create
from vetagenda_calendar_sync.engine.arrive import of_new
from vetagenda_calendar_sync.engine.identity import local_id, remote_id
from vetagenda_calendar_sync.engine.plan import plan
from vetagenda_calendar_sync.engine.state import Agenda, Rules, Seen, Stamp, Tracked
from vetagenda_calendar_sync.mapping.fields import Fields, Period
from vetagenda_calendar_sync.mapping.summary import Facts

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
KEY, OTHER, APPOINTMENT = UUID(int=1), UUID(int=3), UUID(int=2)
PERIOD = Period(NOW + timedelta(hours=1), NOW + timedelta(hours=2))
TYPED = Seen("typed", '"1"', summary="GYNECO $ 06 12 34 56 67", period=PERIOD, description="bilan")
BUSY = Fields("Occupé", PERIOD)


@pytest.mark.parametrize(
    ("seen", "rules"),
    [
        (TYPED, Rules(KEY, privacy="busy")),
        (replace(TYPED, is_private=True), Rules(KEY)),
        (replace(TYPED, is_private=True), Rules(KEY, privacy="initials")),
    ],
)
def test_the_agenda_learns_when_and_not_what_and_the_event_is_left_as_it_is(seen: Seen, rules: Rules) -> None:
    tracked = Tracked(APPOINTMENT, "typed", seen=seen)
    todo = plan(tracked, None, rules, NOW)
    assert todo.actions == (Create(BUSY, "", is_private=True),)
    assert todo.base is not None
    agreed = replace(tracked, agreed=todo.base, revision=1)
    assert plan(agreed, Agenda(1, BUSY, Facts("confirmed")), rules, NOW).actions == ()
    later = replace(seen, etag='"2"', summary="AUTRE", period=Period(PERIOD.start, NOW + timedelta(hours=3)))
    (change,) = plan(replace(agreed, seen=later), Agenda(1, BUSY, Facts("confirmed")), rules, NOW).actions
    assert isinstance(change, Change)
    assert change.names == {"period"}


@pytest.mark.parametrize("staff", ["Occupé", "CONTROLE"])
def test_what_was_kept_to_herself_is_told_later_and_never_overwritten(staff: str) -> None:
    """The link says more now, or the event is private no longer; staff may have given it a title."""
    busy, full = Rules(KEY, privacy="busy"), Rules(KEY)
    typed = replace(TYPED, location="étable")
    told = plan(Tracked(APPOINTMENT, "typed", seen=typed), None, busy, NOW)
    moved = replace(typed, period=Period(PERIOD.start, NOW + timedelta(hours=3)))
    agreed = Tracked(APPOINTMENT, "typed", agreed=told.base, revision=1, seen=moved)
    moved_too = plan(agreed, Agenda(1, replace(BUSY, title=staff), Facts("confirmed")), busy, NOW)
    assert moved_too.base is not None
    agreed = replace(agreed, agreed=moved_too.base, revision=2)
    todo = plan(agreed, Agenda(2, moved_too.base.agenda, Facts("confirmed")), full, NOW)
    (change,) = [each for each in todo.actions if isinstance(each, Change)]
    fields = change.fields
    assert (fields.notes, fields.owner_name, fields.phone) == ("bilan", "étable", "+33612345667")
    assert todo.base is not None
    assert (todo.base.sent.notes, todo.base.sent.location) == ("bilan", "étable")
    if staff == "Occupé":
        assert (fields.title, todo.base.sent.summary) == ("GYNECO", "GYNECO")
    else:
        assert fields.title == staff
        assert [(each.field, each.lost) for each in todo.conflicts] == [("title", "GYNECO")]


@pytest.mark.parametrize(
    ("id", "appointment"),
    [(remote_id(OTHER, APPOINTMENT, 0), APPOINTMENT), ("typed", local_id(OTHER, "typed"))],
)
def test_another_links_event_is_left_alone_and_told_of(id: str, appointment: UUID) -> None:
    """Two links on one calendar, by two of its names, would make events for each other for ever."""
    seen = replace(TYPED, id=id, stamp=Stamp(str(OTHER), str(appointment), 1))
    arrival = of_new(seen, Rules(KEY), NOW)
    assert arrival is not None
    assert (arrival.kind, arrival.is_dirty, arrival.flag) == ("foreign", False, "of-another-link")


def test_an_event_that_another_link_marks_later_is_left_to_it() -> None:
    """Both have taken it for a person's in one moment: the one that marked it last goes on, alone."""
    ours = Tracked(APPOINTMENT, "typed", seen=TYPED)
    todo = plan(ours, None, Rules(KEY), NOW)
    assert todo.base is not None
    theirs = Stamp(str(OTHER), str(local_id(OTHER, "typed")), 1)
    tracked = replace(ours, agreed=todo.base, revision=1, seen=replace(TYPED, etag='"2"', stamp=theirs))
    for status in ("confirmed", "cancelled"):
        left = plan(tracked, Agenda(2, todo.base.agenda, Facts(status)), Rules(KEY), NOW)
        assert (left.actions, left.flags) == ((), ("of-another-link",))


@pytest.mark.parametrize(
    "stamp", [Stamp(str(OTHER), str(APPOINTMENT), 1), Stamp("no key", "x", 1), Stamp(str(OTHER), "x", 1)]
)
def test_a_copy_of_it_is_a_persons_own(stamp: Stamp) -> None:
    arrival = of_new(replace(TYPED, id="copy", stamp=stamp), Rules(KEY), NOW)
    assert arrival is not None
    assert (arrival.kind, arrival.is_dirty) == ("appointment", True)


@pytest.mark.parametrize(
    ("deletions", "future", "waits"),
    [(1, 1, False), (2, 2, False), (3, 3, True), (5, 5, True), (5, 6, False), (6, 29, True), (6, 30, False)],
)
def test_an_emptied_calendar_is_not_believed(deletions: int, future: int, waits: bool) -> None:
    """SYNC-8: whichever way it was seen."""
    assert is_suspicious(deletions, future) is waits
