"""REM-4: what an owner has heard of a visit, by the rows of the ledger."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from reminders.appointments.sample import MILOU, OWNER

from vetagenda_reminders.appointments.hearing import Heard, heard
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
