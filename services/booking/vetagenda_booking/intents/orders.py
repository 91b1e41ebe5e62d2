"""What an intent orders of the agenda, and what it answers to the caller once that is done."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.settings import Settings
from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession


def maker(actor: Actor) -> str:
    """How requests and holds name who made them: a partner with whichever of its keys."""
    if actor.partner_id is not None:
        return f"partner:{actor.partner_id}"
    return f"{actor.kind}:{actor.id}"


@dataclass(frozen=True)
class Answer:
    """What the caller gets, now and whenever it repeats itself under the same key."""

    status: int
    view: BaseModel
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Origin:
    """Whose intent it is: the same when a sweeper finishes it."""

    practice_id: UUID
    actor: Actor


class Order(BaseModel, ABC):
    """Complete and final: carrying it out again, after a crash, says exactly the same to the agenda."""

    model_config = ConfigDict(frozen=True)

    kind: ClassVar[str]

    async def admit(self, session: WriteSession, origin: Origin, settings: Settings) -> None:
        """May it be given at all; in the transaction that records it, once. Raises what refuses it."""

    @abstractmethod
    async def tell(self, agenda: Agenda) -> Any:
        """Idempotent. Raises PeerProblem when the agenda refuses: then there is no intent any more."""

    @abstractmethod
    async def conclude(self, session: WriteSession, origin: Origin, told: Any) -> Answer:
        """Booking's own part, in the transaction that also keeps the answer: happens once."""
