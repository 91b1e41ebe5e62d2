"""REM-4, R9, R14: what changes in the ledger when a plan is made again."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from vetagenda_reminders.ledger.reconciliation import Existing, Key, reconcile
from vetagenda_reminders.ledger.vocabulary import WAITING, Channel, SkipReason, Status

DUE = datetime(2026, 11, 24, 8, tzinfo=UTC)
KEY: Key = (0, "reminder_1", 0, Channel.SMS, "owner")
ROW = UUID(int=1)


@dataclass(frozen=True)
class Wish:
    key: Key = KEY
    due_at: datetime = DUE
    skip: SkipReason | None = None
    new_contacts_only: bool = False
    late: bool = False


def test_the_first_plan_inserts_and_the_same_again_changes_nothing() -> None:
    assert reconcile([], [Wish()]).insert == [Wish()]
    again = reconcile([Existing(ROW, KEY, Status.PLANNED, DUE)], [Wish()])
    assert (again.insert, again.replan, again.withdraw) == ([], [], [])


def test_a_wish_said_twice_is_one_row() -> None:
    assert reconcile([], [Wish(), Wish()]).insert == [Wish()]


def test_another_revision_withdraws_what_had_not_left() -> None:
    newer = Wish((1, *KEY[1:]))
    changes = reconcile([Existing(ROW, KEY, Status.PLANNED, DUE)], [newer])
    assert (changes.insert, changes.withdraw) == ([newer], [ROW])


@pytest.mark.parametrize("status", sorted(set(Status) - {*WAITING, Status.WITHDRAWN}))
def test_what_has_left_or_was_cancelled_by_a_person_is_never_touched(status: Status) -> None:
    row = Existing(ROW, KEY, status, DUE)
    for wanted in ([], [Wish()], [Wish(due_at=DUE + timedelta(hours=1))]):
        changes = reconcile([row], wanted)
        assert (changes.insert, changes.replan, changes.withdraw) == ([], [], [])


def test_a_letter_to_print_is_withdrawn_with_its_revision() -> None:
    newer = Wish((1, *KEY[1:]))
    assert reconcile([Existing(ROW, KEY, Status.READY, DUE)], [newer]).withdraw == [ROW]


def test_a_changed_lead_moves_the_row_and_a_withdrawn_one_comes_back() -> None:
    later = Wish(due_at=DUE + timedelta(hours=1))
    for status in (Status.PLANNED, Status.WITHDRAWN):
        assert reconcile([Existing(ROW, KEY, status, DUE)], [later]).replan == [(ROW, later)]


def test_a_row_whose_time_has_just_passed_is_not_turned_into_a_skipped_one() -> None:
    passed = Wish(due_at=DUE + timedelta(minutes=10), skip=SkipReason.INSIDE_WINDOW)
    assert reconcile([Existing(ROW, KEY, Status.PLANNED, DUE)], [passed]).replan == []


def test_an_announcement_that_still_stands_waits_on() -> None:
    row = Existing(ROW, KEY, Status.PLANNED, DUE, stands=True)
    assert reconcile([row], []).withdraw == []


def test_a_reminder_that_is_only_for_new_contacts_now_is_taken_from_a_known_one() -> None:
    """R14: the settings changed, and nothing but who is meant."""
    known = Wish(skip=SkipReason.KNOWN_CONTACT, new_contacts_only=True)
    new = Wish(new_contacts_only=True)
    for wish in (known, new):
        assert reconcile([Existing(ROW, KEY, Status.PLANNED, DUE)], [wish]).replan == [(ROW, wish)]
    for status in (Status.SENT, Status.CANCELLED, Status.SKIPPED):
        assert reconcile([Existing(ROW, KEY, status, DUE)], [known]).replan == []


def test_what_planning_set_aside_comes_back_for_a_time_to_come_alone() -> None:
    """R14: with another choice it is of use again; late it would only repeat what was said."""
    row = Existing(ROW, KEY, Status.SKIPPED, DUE, set_aside=True)
    coming = Wish(due_at=DUE + timedelta(hours=1))
    assert reconcile([row], [coming]).replan == [(ROW, coming)]
    assert reconcile([row], [Wish(late=True)]).replan == []
    assert reconcile([row], [Wish(skip=SkipReason.MERGED)]).replan == []
