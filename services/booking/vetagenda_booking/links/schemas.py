"""What an owner sees and says through a link: `description`, never `title` or notes (PART-5)."""

import datetime as dt
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from vetagenda_booking.links.rules import OwnerLink
from vetagenda_booking.slots.schemas import Stated
from vetagenda_contracts.agenda import AppointmentStatus
from vetagenda_kit.models import Instant, RequestModel, ShortText, ViewModel

LinkAction = Literal["confirm", "cancel", "reschedule"]


class LinkPractice(ViewModel):
    name: str
    phone: str | None
    time_zone: str


class ArrivalWindow(ViewModel):
    """By the practice's clock."""

    from_: str = Field(alias="from")
    to: str


class LinkView(ViewModel):
    """One appointment for its owner. Times are shown in the practice's zone.

    Of a type that hides its hour (REM-5) `start` and `end` are null and `arrival_window` says when to come.
    `may` is what the owner can do now; after that it is the telephone.
    """

    practice: LinkPractice
    status: AppointmentStatus
    description: str
    animals: list[str]
    date: dt.date
    start: datetime | None
    end: datetime | None
    arrival_window: ArrivalWindow | None
    confirmed_by_owner_at: datetime | None
    may: list[LinkAction]


class LinkCancel(RequestModel):
    reason: ShortText = ""


class LinkReschedule(RequestModel):
    """Without an offset `start` is the practice's wall-clock time."""

    start: Stated


class LinkAnswer(ViewModel):
    """What became of it. `token` is the link for the appointment as it is now; null when it has ended."""

    status: AppointmentStatus
    confirmed_by_owner_at: datetime | None
    token: str | None


class LinkMade(ViewModel):
    """`url` is the platform's public address and `/v1/links/` with the `token` (72 characters). It works for
    the present time until `expires_at`, the appointment's start; a move or a cancellation ends it."""

    appointment_id: UUID
    url: str
    token: str
    expires_at: datetime


class ToldRevision(RequestModel):
    """What the owner is about to be told: `sequence` and `start` are of one revision."""

    appointment_id: UUID
    sequence: Annotated[int, Field(ge=0, le=65_535)]
    start: Instant

    def revision(self, practice_id: UUID) -> OwnerLink:
        return OwnerLink(practice_id, self.appointment_id, self.sequence, self.start)


class LinksWanted(RequestModel):
    appointments: Annotated[list[ToldRevision], Field(max_length=1_000)]


class LinksMade(ViewModel):
    links: list[LinkMade]
