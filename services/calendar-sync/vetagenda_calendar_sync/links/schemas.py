"""Requests and views of links."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from vetagenda_calendar_sync.engine.merge import Winner
from vetagenda_calendar_sync.engine.state import Mode
from vetagenda_calendar_sync.links.rules import Health, Provider
from vetagenda_calendar_sync.mapping.summary import Privacy
from vetagenda_contracts.calendar_sync import LinkState
from vetagenda_kit.models import Name, PatchModel, RequestModel, ViewModel

PastDays = Annotated[int, Field(ge=0, le=366)]


class NewLink(RequestModel):
    """`remote_calendar_id` is Google's id of the calendar; `primary` is the person's own. A CalDAV calendar
    is chosen when it is connected."""

    calendar_id: UUID
    provider: Provider = "google"
    remote_calendar_id: Name = "primary"
    mode: Mode = "two_way"
    privacy: Privacy = "full"
    conflict_winner: Winner = "agenda"
    past_days: PastDays = 7


class LinkPatch(PatchModel):
    """`paused` stops the link after the running cycle; what changes meanwhile is synchronised later."""

    mode: Mode | None = None
    privacy: Privacy | None = None
    conflict_winner: Winner | None = None
    paused: bool | None = None


class LinkView(ViewModel):
    """`last_cycle` is the number of the last finished cycle; `flags` counts events that need a person."""

    id: UUID
    practice_id: UUID
    version: int
    calendar_id: UUID
    provider: Provider
    remote_calendar_id: str | None
    mode: Mode
    privacy: Privacy
    conflict_winner: Winner
    past_days: int
    state: LinkState
    state_reason: str | None
    health: Health
    last_cycle: int
    last_success_at: datetime | None
    last_change_at: datetime | None
    next_run_at: datetime | None
    flags: dict[str, int] = {}
    created_at: datetime


class ConsentView(ViewModel):
    """Where the person's browser has to go."""

    url: str


class SyncRequested(ViewModel):
    """The cycle that will have seen everything up to now: wait until the link's `last_cycle` reaches it."""

    cycle: int


class ConflictView(ViewModel):
    """`lost` is the value that did not win; a period is [start, end]."""

    id: UUID
    appointment_id: UUID
    field: str
    kept: Any
    lost: Any
    lost_by: str
    at: datetime


class Decision(RequestModel):
    """What a person decides about what the link has held back. `accept` believes the deletions: these
    appointments are cancelled; otherwise their events come back."""

    kind: Literal["mass_delete"]
    accept: bool


class PausedView(ViewModel):
    """`running` cycles still have to end; with 0 nothing leaves and nothing is written any more."""

    links: int
    running: int
