"""What an owner sees and says through a link: `description`, never `title` or notes (PART-5)."""

import datetime as dt
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from vetagenda_booking.slots.schemas import Stated
from vetagenda_contracts.agenda import AppointmentStatus
from vetagenda_kit.models import RequestModel, ShortText, ViewModel

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


class MintedLink(ViewModel):
    """`path` is what follows the platform's public address."""

    appointment_id: UUID
    token: str
    path: str
    expires_at: datetime
