"""Phone tasks on the wire."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Self
from uuid import UUID

from vetagenda_kit.models import RequestModel, ShortText, ViewModel
from vetagenda_kit.pages import Page
from vetagenda_reminders.ledger.rules import Facts
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.tables import Reminder

TaskStatus = Literal["ready", "done"]


class Outcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"


class CallMade(RequestModel):
    """`reached` and `wrong_number` end the task, `no_answer` counts an attempt and leaves it in the list.
    What a person did is kept also where the call had become needless meanwhile."""

    outcome: Outcome
    note: ShortText | None = None


class PhoneTaskView(ViewModel):
    """A call to make or made. `text` is what to say, `due_on` the day that it is about. `attempts` are the
    calls that nobody answered; `outcome` is what the last call came to. `status` is the reminder's:
    `skipped` with its reason where the call has become needless. Number, text and note are forgotten after
    a while. The names are the agenda's of now, of the living, while the agenda answers."""

    reminder_id: UUID
    status: Status
    skip_reason: SkipReason | None
    number: str | None
    owner_id: UUID | None
    owner_name: str | None
    animal_ids: list[UUID]
    animal_names: list[str]
    text: str | None
    due_at: datetime
    due_on: date | None
    attempts: int
    outcome: str | None
    note: str | None
    finished_at: datetime | None

    @classmethod
    def of(cls, row: Reminder, about: Facts | None = None) -> Self:
        return cls(
            reminder_id=row.id,
            status=row.status,
            skip_reason=row.skip_reason,
            number=row.recipient,
            owner_id=row.owner_id,
            owner_name=about.owner.full_name if about and about.owner else None,
            animal_ids=row.animal_ids,
            animal_names=[animal.name for animal in about.living] if about else [],
            text=row.body,
            due_at=row.due_at,
            due_on=row.due_on,
            attempts=row.call_attempts,
            outcome=row.delivery,
            note=row.call_note,
            finished_at=row.finished_at,
        )


class PhoneTasks(Page[PhoneTaskView]):
    """`checked_at` is the practice's instant at which the agenda was asked whether the calls are still to be
    made; null where it did not answer, and of calls that were made. A page can have fewer calls than were
    asked for, and others still follow."""

    checked_at: datetime | None
