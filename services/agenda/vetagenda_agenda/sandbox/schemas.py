"""A test practice's clock and its year on the wire."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from vetagenda_agenda.sandbox.rules import of_fixed_length
from vetagenda_kit.models import Instant, RequestModel, ViewModel


class MoveClock(RequestModel):
    """Either `now`, or `advance` as an ISO 8601 duration (`PT90M`, `P365D`) that is not negative, and without
    years and months, which have no length of their own.

    Going forward, until the year 9000 at most, does what falls due on the way; going back, with `now`, only
    sets the clock.
    """

    now: Instant | None = None
    advance: Annotated[timedelta | None, BeforeValidator(of_fixed_length)] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.now is None) == (self.advance is None):
            raise ValueError("give either now or advance")
        return self


class FellDue(ViewModel):
    at: datetime
    service: str
    what: str


class ClockView(ViewModel):
    """The clock, and what fell due while it moved, in order."""

    now: datetime
    ran: list[FellDue] = []


class PlayYear(RequestModel):
    days: Annotated[int, Field(ge=1, le=400)] = 365


class PlayedMessage(ViewModel):
    """One message, at the practice's time. `outcome` is `sent`, `failed`, `skipped`, or `ready` for a letter
    or a call that waits for a person; `reason` says why it is not sent, `purpose` and `rule` why it exists:
    as in the ledger, where `reminder_id` leads."""

    at: datetime
    reminder_id: UUID
    channel: str
    recipient_kind: Literal["owner", "staff"]
    purpose: str
    rule: str
    appointment_id: UUID | None
    owner_id: UUID | None
    animal_ids: list[UUID]
    subject: str | None
    body: str | None
    outcome: Literal["sent", "failed", "skipped", "ready"]
    reason: str | None


class MessageCount(ViewModel):
    """`month` is the practice's, such as `2026-11`."""

    month: str
    channel: str
    outcome: str
    messages: int


class YearView(ViewModel):
    """What happened from `since` to before `now`, in order, and counted by month, channel and outcome.

    `now` is before `until` when it took too long: another call plays what is left. `complete` is false when
    there were more messages than are listed and counted; the ledger has them all.
    """

    since: datetime
    now: datetime
    until: datetime
    messages: list[PlayedMessage]
    counts: list[MessageCount]
    complete: bool
