"""Requests and views of links."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from vetagenda_calendar_sync.engine.merge import Winner
from vetagenda_calendar_sync.engine.state import Mode
from vetagenda_calendar_sync.links.rules import Health, Provider
from vetagenda_calendar_sync.mapping.summary import Privacy
from vetagenda_calendar_sync.pauses.schemas import PauseView
from vetagenda_contracts.calendar_sync import LinkState
from vetagenda_kit.models import Name, PatchModel, RequestModel, ViewModel

ConflictStatus = Literal["open", "resolved"]
PastDays = Annotated[int, Field(ge=0, le=366)]
TransparentFree = Annotated[
    bool,
    Field(
        description="Whole days and series that are marked as free in the remote calendar stay free: they are"
        " notes of the day. Otherwise every one makes the agenda busy."
    ),
]


class NewLink(RequestModel):
    """`remote_calendar_id` is Google's id of the calendar, or one of these words: `new`, a calendar that the
    platform makes for this link (it then sees no other); `primary`, the person's own; `choose`, one that is
    chosen from the person's list after the consent. A CalDAV calendar is chosen when it is connected, and
    has none here."""

    calendar_id: UUID
    provider: Provider = "google"
    remote_calendar_id: Name = "primary"
    mode: Mode = "two_way"
    privacy: Privacy = "full"
    conflict_winner: Winner = "agenda"
    past_days: PastDays = 7
    starts_automatically: bool = True
    transparent_free: TransparentFree = False


class LinkPatch(PatchModel):
    """`paused` stops the link after the running cycle; what changes meanwhile is synchronised later."""

    mode: Mode | None = None
    privacy: Privacy | None = None
    conflict_winner: Winner | None = None
    starts_automatically: bool | None = None
    transparent_free: TransparentFree | None = None
    paused: bool | None = None


class LinkView(ViewModel):
    """`last_cycle` is the number of the last finished cycle; `flags` counts events that need a person.

    `explanation` says in the practice's language how the link fares and what to do. `last_to_remote_at` is
    when a change of the agenda was last carried to the linked calendar, `last_to_agenda_at` the other way.
    `remote_calendar_name` is what its owner calls the linked calendar, as when it was connected.
    Without `starts_automatically` it runs only on demand.
    """

    id: UUID
    practice_id: UUID
    version: int
    calendar_id: UUID
    provider: Provider
    remote_calendar_id: str | None
    remote_calendar_name: str
    mode: Mode
    privacy: Privacy
    conflict_winner: Winner
    past_days: int
    transparent_free: TransparentFree
    state: LinkState
    state_reason: str | None
    health: Health
    explanation: str
    pause: PauseView | None
    starts_automatically: bool
    running: bool
    last_cycle: int
    last_success_at: datetime | None
    last_change_at: datetime | None
    last_to_remote_at: datetime | None
    last_to_agenda_at: datetime | None
    next_run_at: datetime | None
    flags: dict[str, int] = {}
    needs_attention: int = 0
    created_at: datetime


class ConsentView(ViewModel):
    """Where the person's browser has to go."""

    url: str


class SyncRequested(ViewModel):
    """The cycle that will have seen everything up to now: wait until the link's `last_cycle` reaches it."""

    cycle: int


class ConflictView(ViewModel):
    """`lost` is the value that did not win; a period is [start, end]. Open until somebody answers it, here or
    by editing the field again on either side."""

    id: UUID
    appointment_id: UUID
    field: str
    kept: Any
    lost: Any
    lost_by: str
    status: ConflictStatus
    at: datetime
