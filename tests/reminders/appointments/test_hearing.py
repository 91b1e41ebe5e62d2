"""REM-4: what an owner has heard of a visit, by the rows of the ledger."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from reminders.appointments.sample import MILOU, OWNER, PARIS, appointment, paris, surgery

from vetagenda_reminders.appointments.former import said_of_this_time, start_known_to_owner
from vetagenda_reminders.appointments.hearing import Heard, heard, last_told
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason, Status
from vetagenda_reminders.tables import Reminder

NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)
PLANNED, SENT, SKIPPED = Status.PLANNED, Status.SENT, Status.SKIPPED


def row(purpose: Purpose, status: Status, **fields: Any) -> Reminder:
    fixed: dict[str, Any] = {
        "id": MILOU,
        "practice_id": MILOU,
        "subject_id": MILOU,
        "subject_sequence": 0,
        "rule": purpose.value,
        "channel": Channel.SMS,
        "recipient_key": "owner",
        "owner_id": OWNER,
        "due_at": NOW,
        "useful_until": NOW,
        "send_on": NOW.date(),
        "virtual": False,
    }
    return Reminder(**(fixed | {"purpose": purpose, "status": status} | fields))


FIRST = row(Purpose.CONFIRMATION, PLANNED)
WITH_ANOTHER = {"skip_reason": SkipReason.MERGED_VISIT, "merged_into": UUID(int=5)}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], Heard.NOTHING),
        ([FIRST], Heard.AWAITED),
        ([row(Purpose.REQUEST_RECEIVED, PLANNED)], Heard.AWAITED),
        ([row(Purpose.REMINDER, PLANNED)], Heard.NOTHING),
        ([row(Purpose.CONFIRMATION, Status.WITHDRAWN)], Heard.NOTHING),
        ([row(Purpose.CONFIRMATION, Status.WITHDRAWN, delivery="cancelled")], Heard.AWAITED),
        ([row(Purpose.CONFIRMATION, SKIPPED, skip_reason=SkipReason.NO_CONSENT)], Heard.NOTHING),
        ([row(Purpose.CONFIRMATION, SENT)], Heard.TOLD),
        ([row(Purpose.CONFIRMATION, Status.SENDING)], Heard.TOLD),
        ([FIRST, row(Purpose.CONFIRMATION, SENT, channel=Channel.EMAIL)], Heard.TOLD),
        ([FIRST, row(Purpose.REMINDER, SENT, rule="immediate:1")], Heard.TOLD),
        ([FIRST, row(Purpose.REMINDER, Status.FAILED, skip_reason=SkipReason.OUTCOME_UNKNOWN)], Heard.TOLD),
        ([FIRST, row(Purpose.REMINDER, Status.FAILED, skip_reason=SkipReason.UNDELIVERED)], Heard.AWAITED),
        ([FIRST, row(Purpose.REMINDER, SKIPPED, **WITH_ANOTHER)], Heard.TOLD),
        ([FIRST, row(Purpose.NOTICE, SENT)], Heard.AWAITED),
        ([FIRST, row(Purpose.CONFIRMATION, SENT, owner_id=MILOU)], Heard.AWAITED),
    ],
)
def test_what_left_for_the_owner_decides(rows: list[Reminder], expected: Heard) -> None:
    assert heard(rows, OWNER) is expected


MOVE = Purpose.RESCHEDULED
FIRST_DAY, SECOND_DAY = paris("2026-11-25T10:00"), paris("2026-11-26T11:00")


def first(**fields: Any) -> Reminder:
    return row(Purpose.CONFIRMATION, SENT, **({"about_start": FIRST_DAY, "hid_time": False} | fields))


def then(status: Status, **fields: Any) -> Reminder:
    known = {"about_start": SECOND_DAY, "subject_sequence": 1, "hid_time": False}
    return row(MOVE, status, **(known | fields))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], None),
        ([FIRST], None),
        ([first()], FIRST_DAY),
        ([first(), then(SENT)], SECOND_DAY),
        ([then(SENT, channel=Channel.EMAIL), first()], SECOND_DAY),
        ([first(), then(Status.SENDING)], SECOND_DAY),
        ([first(), then(SKIPPED, **WITH_ANOTHER)], SECOND_DAY),
        ([first(), then(PLANNED)], FIRST_DAY),
        ([first(), then(SKIPPED, skip_reason=SkipReason.NO_CONSENT)], FIRST_DAY),
        ([first(), then(SKIPPED, skip_reason=SkipReason.DECEASED)], FIRST_DAY),
        ([first(), then(Status.WITHDRAWN, delivery="cancelled")], FIRST_DAY),
        ([first(), then(SENT, owner_id=MILOU)], FIRST_DAY),
        ([first(), row(Purpose.NOTICE, SENT, subject_sequence=1, about_start=SECOND_DAY)], FIRST_DAY),
        ([then(SKIPPED, skip_reason=SkipReason.NO_CONSENT)], None),
    ],
)
def test_an_owner_knows_the_time_that_was_told_last(rows: list[Reminder], expected: datetime | None) -> None:
    """REM-4: whatever was skipped, or called back before it left, was not told."""
    told = last_told(rows, OWNER)
    assert (told and told.about_start) == expected


CONSULTATION, SURGERY = appointment("2026-11-27T12:00"), surgery("2026-11-27T12:00")


@pytest.mark.parametrize(
    ("hid", "current", "expected"),
    [
        (False, CONSULTATION, FIRST_DAY),
        (True, CONSULTATION, None),
        (None, CONSULTATION, None),
        (True, SURGERY, FIRST_DAY),
        (False, SURGERY, None),
        (None, SURGERY, None),
        (False, appointment("2026-11-25T10:00"), None),
    ],
)
def test_a_hidden_hour_is_never_named(
    hid: bool | None, current: AppointmentFacts, expected: datetime | None
) -> None:
    """REM-5: nor one of which nobody knows whether it was told."""
    assert start_known_to_owner([first(hid_time=hid)], current) == expected


SAID = {("confirmation", Channel.SMS)}
MOVED_BACK = {("rescheduled", Channel.SMS)}
ENDED = row(Purpose.CANCELLED, SENT, subject_sequence=1, about_start=FIRST_DAY)


def hidden(start: str = "2026-11-25T10:00", **fields: Any) -> Reminder:
    """Said while the hour of that surgery was hidden behind its arrival window."""
    known = {"about_start": paris(start), "hid_time": True, "useful_until": paris("2026-11-25T08:00")}
    return first(**(known | fields))


@pytest.mark.parametrize(
    ("rows", "current", "expected"),
    [
        ([], appointment(), set()),
        ([first()], appointment(), SAID),
        (
            [first(rule="confirmation", carries=["reminder_1"])],
            appointment(),
            SAID | {("reminder_1", Channel.SMS)},
        ),
        ([first()], appointment("2026-11-26T11:00"), set()),
        ([first(), then(SENT)], appointment(), set()),
        ([first(), then(PLANNED)], appointment(), SAID),
        (
            [first(), then(SENT), then(SENT, about_start=FIRST_DAY, subject_sequence=2)],
            appointment(),
            MOVED_BACK,
        ),
        ([first(), ENDED], appointment(), set()),
        ([first(owner_id=MILOU)], appointment(), set()),
        ([hidden()], surgery("2026-11-25T11:00"), SAID),
        ([hidden()], surgery("2026-11-26T10:00"), set()),
        ([hidden()], surgery("2026-11-25T07:30"), set()),
        ([hidden()], appointment("2026-11-25T11:00"), set()),
        ([hidden(hid_time=False)], surgery("2026-11-25T11:00"), set()),
        ([hidden(hid_time=None)], surgery("2026-11-25T11:00"), set()),
        ([hidden(useful_until=paris("2026-11-25T09:00"))], surgery("2026-11-25T11:00"), set()),
    ],
)
def test_what_was_said_of_this_time_need_not_be_said_again(
    rows: list[Reminder], current: AppointmentFacts, expected: set[tuple[str, Channel]]
) -> None:
    """REM-4, REM-5: of a hidden hour, when to arrive is all that was said."""
    assert said_of_this_time(rows, current, PARIS) == expected
