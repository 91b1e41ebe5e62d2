"""What the agenda and the other services say to each other about one person's data. Ids only: who the person
is stands in no message."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

ErasureReason = Literal["owner_request", "retention", "entered_by_mistake", "other"]


class DataSubject(BaseModel):
    """An owner, and the ids of all in the agenda that is theirs. `sealed_numbers` are the telephone numbers
    that are or were theirs alone, for who keeps messages by numbers."""

    model_config = ConfigDict(frozen=True)

    owner_id: UUID
    animal_ids: list[UUID] = []
    appointment_ids: list[UUID] = []
    invitation_ids: list[UUID] = []
    sealed_numbers: str | None = None

    @property
    def mentions(self) -> frozenset[str]:
        """Whatever names one of these is about the person."""
        return frozenset(map(str, (self.owner_id, *self.animal_ids, *self.appointment_ids)))


class Erased(BaseModel):
    """`done` is false while something of the person is on its way: ask again later. `waits_for` says for
    what: a code."""

    done: bool
    waits_for: str | None = None
