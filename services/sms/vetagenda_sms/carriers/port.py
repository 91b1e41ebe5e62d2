"""What a carrier is to the service: a place to hand a message to, once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from vetagenda_sms.messages.rules import Status
from vetagenda_sms_text import CarrierProfile, Encoding


@dataclass(frozen=True)
class Submission:
    """`reference` is ours, sent along so that answers and reports can be matched. `sender` is whom the
    telephone shows; without one the carrier chooses. Number and words are in no repr."""

    reference: UUID
    practice_id: UUID
    to: str = field(repr=False)
    encoding: Encoding
    parts: tuple[str, ...] = field(repr=False)
    valid_until: datetime | None
    sender: str | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        return "".join(self.parts)


@dataclass(frozen=True)
class Answer:
    """What the carrier said to a submission. `segments` is its own count of parts, where it tells one;
    `opted_out` says that it refused because the owner wants no SMS."""

    status: Status  # accepted or rejected; when it was asked later, also what became of it
    carrier_reference: str | None = None
    segments: int | None = None
    opted_out: bool = False


@dataclass(frozen=True)
class Doubt:
    """A submission whose answer was lost. It left after `since`; `others` are the carrier's own ids of other
    messages with the same words to the same number, which are not the one that is looked for."""

    submission: Submission
    since: datetime
    others: frozenset[str] = frozenset()


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

    @property
    def settles_after(self) -> timedelta | None:
        """How long it may take until a message that the carrier got is found; None: as the platform's
        setting says."""
        ...

    async def submit(self, submission: Submission) -> Answer:
        """Hand a message over. Raises NotSubmitted; any other failure leaves its fate unknown."""
        ...

    async def find(self, doubt: Doubt) -> Answer | None:
        """What the carrier has of it; None when it never got it. Raises when it cannot tell."""
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
