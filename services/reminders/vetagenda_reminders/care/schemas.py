"""Care timelines on the wire, and as they are stored."""

from datetime import time
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator, model_validator

from vetagenda_kit.ids import uuid7
from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import WALL_CLOCK, Name, RequestModel, ShortText, ViewModel
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.local_time import on_the_wall
from vetagenda_reminders.templates.rules import APPOINTMENT, described

MOST_STEPS = 20
_MERGE_FIELDS = f"Merge fields: {described(APPOINTMENT)}."
CareChannel = Literal[Channel.SMS, Channel.EMAIL, Channel.PHONE]
CareChannels = Annotated[tuple[CareChannel, ...], Field(min_length=1, max_length=3), EachOnce()]


class AtHour(RequestModel):
    """So many calendar days from the visit's local day (-1 is the day before), at a wall-clock time."""

    days: int = Field(ge=-60, le=60)
    at: Annotated[time, AfterValidator(on_the_wall), WALL_CLOCK]


class Elapsed(RequestModel):
    """So many hours from the start; from the arrival window's begin when the type hides the hour."""

    hours: int = Field(ge=-240, le=240)


def _form(value: Any) -> str:
    by_hours = "hours" in value if isinstance(value, dict) else isinstance(value, Elapsed)
    return "elapsed" if by_hours else "at_hour"


When = Annotated[Annotated[AtHour, Tag("at_hour")] | Annotated[Elapsed, Tag("elapsed")], Discriminator(_form)]


class CareStep(RequestModel):
    """One message before or after the visit, on all of `channels`. An `id` that is kept keeps what was
    planned for it; without one the step is new. Without a `subject` an e-mail has a default one."""

    id: UUID = Field(default_factory=uuid7)
    name: Name
    when: When
    channels: CareChannels
    text: Annotated[str, Field(min_length=1, max_length=2_000, description=_MERGE_FIELDS)]
    subject: Annotated[ShortText, Field(description=_MERGE_FIELDS)] | None = None

    @field_validator("text")
    @classmethod
    def says_something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("this has nothing but spaces")
        return text

    @property
    def rule(self) -> str:
        return f"care:{self.id}"


class CarePlanRequest(RequestModel):
    """All steps around a visit of the type; an empty list ends them."""

    steps: Annotated[tuple[CareStep, ...], Field(max_length=MOST_STEPS)]

    @model_validator(mode="after")
    def each_its_own(self) -> Self:
        if len({step.id for step in self.steps}) < len(self.steps):
            raise ValueError("two steps have the same id")
        return self


class CarePlanView(ViewModel):
    appointment_type_id: UUID
    version: int
    steps: list[CareStep]
