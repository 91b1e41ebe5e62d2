"""What was played, on the wire between services."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from vetagenda_kit.models import ViewModel
from vetagenda_reminders.ledger.vocabulary import TO_STAFF, Channel, Purpose, SkipReason, Status
from vetagenda_reminders.tables import Reminder


class PlayedMessage(ViewModel):
    """One message at the practice's time. `outcome` is `sent`, `failed`, `skipped`, or `ready` for a
    letter or a call that waits for a person; `reason` says why it is not sent."""

    at: datetime
    reminder_id: UUID
    channel: Channel
    recipient_kind: Literal["owner", "staff"]
    purpose: Purpose
    rule: str
    appointment_id: UUID | None
    owner_id: UUID | None
    animal_ids: list[UUID]
    subject: str | None
    body: str | None
    outcome: Status
    reason: SkipReason | None

    @classmethod
    def of(cls, row: Reminder) -> Self:
        fields = row.model_dump(include=set(cls.model_fields))
        return cls(
            **fields,
            at=row.finished_at or row.due_at,
            reminder_id=row.id,
            recipient_kind="staff" if row.purpose in TO_STAFF else "owner",
            outcome=row.status,
            reason=row.skip_reason,
        )


class Played(ViewModel):
    """`complete` is false when there were more than are listed."""

    messages: list[PlayedMessage]
    complete: bool
