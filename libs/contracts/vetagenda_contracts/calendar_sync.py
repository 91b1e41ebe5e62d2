"""Events of the calendar-sync service: links, cycles that changed something, conflicts. Ids and counts."""

from typing import ClassVar, Literal
from uuid import UUID

from vetagenda_contracts.events import Event

LinkState = Literal[
    "connecting",
    "active",
    "paused",
    "needs_reauth",
    "needs_confirmation",
    "needs_rebase",
    "suspect_shift",
    "remote_gone",
    "degraded",
    "disconnecting",
    "calendar_deleted",
]

HeldKind = Literal["mass_delete", "shift", "rebase", "import"]


class LinkEvent(Event):
    """`aggregate_id` is the link's."""

    calendar_id: UUID
    provider: str
    mode: str
    privacy: str
    state: LinkState
    state_reason: str | None = None


class LinkCreated(LinkEvent):
    type: ClassVar[str] = "calendar-sync.link.created"


class LinkConnected(LinkEvent):
    """The person consented; the first cycle follows."""

    type: ClassVar[str] = "calendar-sync.link.connected"


class LinkUpdated(LinkEvent):
    """Its settings or its state changed; `previous_state` tells which."""

    type: ClassVar[str] = "calendar-sync.link.updated"

    previous_state: LinkState | None = None


class LinkDeleted(LinkEvent):
    type: ClassVar[str] = "calendar-sync.link.deleted"


class CycleRequested(Event):
    """Somebody asked for a cycle now. `aggregate_id` is the link's, `cycle` the one to wait for."""

    type: ClassVar[str] = "calendar-sync.cycle.requested"

    cycle: int


class CycleCompleted(Event):
    """A cycle that changed something; silent ones tell nothing. `aggregate_id` is the link's."""

    type: ClassVar[str] = "calendar-sync.cycle.completed"

    cycle: int
    remote_writes: int
    agenda_writes: int


class ConflictRecorded(Event):
    """Both sides had changed `field`; the losing value can be read. `aggregate_id` is the conflict's."""

    type: ClassVar[str] = "calendar-sync.conflict.recorded"

    link_id: UUID
    appointment_id: UUID
    field: str
    lost_by: Literal["agenda", "remote"]


class ConflictResolved(Event):
    """Somebody has answered it: the losing value was brought back, or let go. `aggregate_id` is the
    conflict's; both sides follow with the link's next cycle."""

    type: ClassVar[str] = "calendar-sync.conflict.resolved"

    link_id: UUID
    appointment_id: UUID
    field: str
    is_restored: bool


class DecisionRequested(Event):
    """The link holds something back until a person has decided (SYNC-8). `aggregate_id` is the link's,
    `count` what waits now, `appointment_ids` up to a hundred of those that are new in it."""

    type: ClassVar[str] = "calendar-sync.decision.requested"

    kind: HeldKind
    count: int
    appointment_ids: list[UUID]


class DecisionMade(Event):
    """A person decided about `count` events. `is_accepted`: as the remote side says. `aggregate_id` is the
    link's; its next cycle carries it out."""

    type: ClassVar[str] = "calendar-sync.decision.made"

    kind: HeldKind
    is_accepted: bool
    count: int


class FeedEvent(Event):
    """A read-only address of a calendar. `aggregate_id` is the feed's; its secret is in no event."""

    calendar_id: UUID
    privacy: str


class FeedCreated(FeedEvent):
    type: ClassVar[str] = "calendar-sync.feed.created"


class FeedUpdated(FeedEvent):
    type: ClassVar[str] = "calendar-sync.feed.updated"


class FeedRotated(FeedEvent):
    """It has a new address; the former one is not there any more."""

    type: ClassVar[str] = "calendar-sync.feed.rotated"


class FeedDeleted(FeedEvent):
    type: ClassVar[str] = "calendar-sync.feed.deleted"
