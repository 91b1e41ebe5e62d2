"""What a carrier is to the service: a place to hand a message to, once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from vetagenda_sms.messages.rules import Status
from vetagenda_sms_text import CarrierProfile, Encoding


@dataclass(frozen=True)
class Submission:
    """`reference` is ours, sent along so that answers and reports can be matched."""

    reference: UUID
    practice_id: UUID
    to: str
    encoding: Encoding
    parts: tuple[str, ...]
    valid_until: datetime | None


@dataclass(frozen=True)
class Answer:
    """What the carrier said to a submission."""

    status: Status  # accepted or rejected
    carrier_reference: str | None = None


@dataclass(frozen=True)
class Report:
    """A delivery receipt. They come in any order, any number of times, also before the answer."""

    reference: UUID
    practice_id: UUID
    status: Status  # accepted, delivered, undelivered or rejected


@dataclass(frozen=True)
class Heard:
    """What an owner answered. `reference` is the carrier's own id of it, `sender` is E.164; `practice_id` is
    None where the carrier only knows the number."""

    reference: str
    sender: str
    text: str
    practice_id: UUID | None = None


class NotSubmitted(Exception):
    """Certain that nothing reached the carrier (no connection, too many requests): safe to repeat."""


class Carrier(Protocol):
    """`looks_up` tells whether `find` can be asked what became of a lost answer."""

    name: str
    profile: CarrierProfile
    looks_up: bool

    async def submit(self, submission: Submission) -> Answer:
        """Hand a message over. Raises NotSubmitted; any other failure leaves its fate unknown."""
        ...

    async def find(self, reference: UUID) -> Answer | None:
        """What the carrier answered under our reference; None when it never got it."""
        ...

    async def reports(self, practice_id: UUID | None = None) -> list[Report]:
        """Receipts that wait to be fetched, of one practice or all; none where they are called back."""
        ...

    async def forget(self, reports: list[Report]) -> None:
        """These receipts are recorded; they need not be told again."""
        ...

    async def replies(self, practice_id: UUID | None = None) -> list[Heard]:
        """Owners' answers that wait to be fetched, of one practice or all; none where they are called
        back."""
        ...

    async def forget_replies(self, replies: list[Heard]) -> None:
        """These answers are recorded; they need not be told again."""
        ...
