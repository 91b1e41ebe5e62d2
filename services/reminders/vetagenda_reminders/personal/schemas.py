"""A person's own reminders on the wire."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Day, Instant, RequestModel, ViewModel
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.products.schemas import Channels
from vetagenda_reminders.templates.rules import PERSONAL, PERSONAL_OF_APPOINTMENT, described
from vetagenda_reminders.templates.schemas import says_something

_MERGE_FIELDS = Field(
    description=(
        f"Merge fields: {described(PERSONAL)}; about an appointment also "
        f"{described([name for name in PERSONAL_OF_APPOINTMENT if name not in PERSONAL])}."
    )
)
PersonalText = Annotated[
    str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(says_something), _MERGE_FIELDS
]
PersonalSubject = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(says_something), _MERGE_FIELDS
]
AnimalIds = Annotated[tuple[UUID, ...], Field(max_length=20), EachOnce()]


class NewPersonalReminder(RequestModel):
    """For an owner, or for the owner of an appointment: then it goes with the appointment. `animal_ids` are
    those it is about; without them it is about all animals of the appointment, or about none in particular.
    It leaves on `send_on`, at the practice's send hour, or at `due_at`. `subject` is the e-mail's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "owner_id": "01a20890-1b2e-7228-9cfe-5c5b552bc835",
                    "channels": ["sms"],
                    "send_on": "2026-11-25",
                    "text": "Milou a un contrôle demain.",
                }
            ]
        }
    )

    owner_id: UUID | None = None
    appointment_id: UUID | None = None
    animal_ids: AnimalIds | None = None
    channels: Channels
    send_on: Day | None = None
    due_at: Instant | None = None
    text: PersonalText
    subject: PersonalSubject | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.owner_id is None) == (self.appointment_id is None):
            raise ValueError("name either owner_id or appointment_id")
        if (self.send_on is None) == (self.due_at is None):
            raise ValueError("say either send_on or due_at")
        return self


class RemindersView(ViewModel):
    """Rows of the ledger, one a channel."""

    items: list[ReminderView]
