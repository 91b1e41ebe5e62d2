"""What a plan may order, in the order in which it is done: the remote side first, then the agenda; only an
event whose edits still have to reach the agenda is removed after that."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from vetagenda_calendar_sync.engine.state import Base
from vetagenda_calendar_sync.engine.trail import Trail
from vetagenda_calendar_sync.mapping.fields import Fields, RemoteFields


@dataclass(frozen=True)
class Look:
    """Read this one event by itself before anything is believed of it."""


@dataclass(frozen=True)
class Reincarnate:
    """The event's id is used up: take the next one, then plan again."""


@dataclass(frozen=True)
class Rebirth:
    """An event that had ended lives again: it becomes an appointment of its own, then plan again."""


@dataclass(frozen=True)
class Reinstate:
    """We had cancelled the appointment because its event was gone, and nobody has touched it since: it
    stands again, then plan again."""


@dataclass(frozen=True)
class Join:
    """The appointment takes this link's calendar among its own, instead of those that it is `gone_from`; one
    that was cancelled stands again, there. Then plan again."""

    gone_from: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Insert:
    event: RemoteFields


@dataclass(frozen=True)
class Patch:
    """Only the named fields; `if_match` is the etag that was read."""

    event: RemoteFields
    names: frozenset[str]
    if_match: str


@dataclass(frozen=True)
class Remove:
    """Delete the remote event; gone already is as good."""


@dataclass(frozen=True)
class Create:
    """A new appointment, confirmed and to be completed by staff, whatever else is at that time. `creator` is
    who typed it. `is_private`: nobody else knows what it is, and there is nothing to complete."""

    fields: Fields
    creator: str = ""
    is_private: bool = False


@dataclass(frozen=True)
class Change:
    """Only the named fields of the appointment, if it still has this version."""

    fields: Fields
    names: frozenset[str]
    expected_version: int


@dataclass(frozen=True)
class Cancel:
    """A person deleted the event: cancel the appointment softly, by the practice."""


@dataclass(frozen=True)
class Leave:
    """The appointment gives this link's calendar up and keeps its others."""


RemoteAction = Insert | Patch | Remove
AgendaAction = Create | Change | Cancel | Leave
Action = Look | Reincarnate | Rebirth | Reinstate | Join | RemoteAction | AgendaAction


@dataclass(frozen=True)
class Conflict:
    """A person's value that did not win; kept so that it can be brought back."""

    field: str
    kept: Any
    lost: Any
    lost_by: str


@dataclass(frozen=True)
class Plan:
    """`base` is the new revision that is recorded before the first action, None if nothing is agreed anew.

    `flags` are codes for people: `title-unclear`, `not-timed`, `series`, `unreadable`, `missing-in-agenda`,
    `drift`, `echo-differs`. `trail` replaces what was tried before, None leaves it.
    """

    actions: tuple[Action, ...] = ()
    base: Base | None = None
    conflicts: tuple[Conflict, ...] = ()
    flags: tuple[str, ...] = ()
    has_ended: bool = field(default=False)
    trail: Trail | None = None


ENDED = Plan(has_ended=True)
"""Nothing is to be done, and it is gone for good on at least one side."""
