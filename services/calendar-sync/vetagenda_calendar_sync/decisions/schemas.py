"""Requests and views of what waits for a person."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from vetagenda_calendar_sync.decisions.rules import What
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_contracts.calendar_sync import HeldKind
from vetagenda_kit.models import RequestModel, ViewModel

Choice = Literal["remote_wins", "agenda_wins"]
Rows = Annotated[list[UUID], Field(min_length=1, max_length=1000)]


class Decision(RequestModel):
    """What a person decides about what the link has held back, as a whole or for the named `rows`.

    `accept` believes the remote side: `mass_delete` cancels these appointments, `shift` moves them, `import`
    makes appointments of these events, `conflict` (rows are conflicts) brings the losing values back.
    Refused, the agenda's values go out again, an import is not offered again, a conflict is closed as it is.
    `rebase` is decided by `choice`: `remote_wins` recovers what the restored agenda has forgotten.
    """

    kind: Literal["mass_delete", "shift", "rebase", "import", "conflict"]
    accept: bool | None = None
    choice: Choice | None = None
    rows: Rows | None = None

    @property
    def is_accepted(self) -> bool:
        return bool(self.accept) or self.choice == "remote_wins"


class SideView(ViewModel):
    """An event or an appointment, as far as people need it to know which it is. No `start`: a whole day,
    or an event that cannot be read."""

    title: str
    start: datetime | None
    end: datetime | None


class DifferenceView(ViewModel):
    """`field` is title, period ([start, end]), notes, owner_name, phone, or calendars: the agenda has the
    visit with another vet than the linked calendars do (no values then)."""

    field: str
    remote: Any
    agenda: Any


class HeldView(ViewModel):
    """One row of a decision. A side that is null has no such event or appointment (any more).
    `differences` of a `differing` pair."""

    id: UUID
    appointment_id: UUID
    what: What
    differences: list[DifferenceView]
    remote: SideView | None
    agenda: SideView | None


class DecisionView(ViewModel):
    """What waits, as it was when it was held back. `counts` says how many of each; `rows` are the first
    500, oldest first."""

    kind: HeldKind
    count: int
    counts: dict[What, int]
    rows: list[HeldView]


class DecisionsView(ViewModel):
    items: list[DecisionView]


def side(told: dict[str, Any] | None) -> SideView | None:
    return None if told is None else SideView.model_validate(told)


def remote_side(told: dict[str, Any] | None, link: CalendarLink) -> SideView | None:
    """A link that tells no more than busy tells it in either direction."""
    return side(told | {"title": ""} if told is not None and link.privacy == "busy" else told)
