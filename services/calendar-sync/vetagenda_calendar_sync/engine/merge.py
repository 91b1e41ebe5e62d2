"""Three-way merge of one field, with the case of a crash between two writes (SYNC-7).

Each side stands on a base: the values of a revision that it has seen. Normally both stand on the one that
was agreed; after a crash one of them may already have a later one.
"""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from vetagenda_calendar_sync.mapping.fields import same

Value = TypeVar("Value")
Winner = Literal["agenda", "remote"]


@dataclass(frozen=True)
class Side(Generic[Value]):
    """What a side holds now, whether that differs from its base, and which revision its base is.

    `base` is the agreed value of the field in the agenda's words; `revision` is 0 without any base.
    """

    value: Value
    is_edited: bool
    base: Value | None
    revision: int


@dataclass(frozen=True)
class Settled(Generic[Value]):
    """The value that both sides shall have; `lost` is the other one if a person's edit was overruled."""

    value: Value
    lost: Value | None = None
    lost_by: Literal["agenda", "remote"] | None = None


def overruled(agenda: Value, remote: Value) -> Settled[Value]:
    """The agenda's holds, whatever was written on the other side."""
    return Settled(agenda) if same(agenda, remote) else Settled(agenda, remote, "remote")


def settle(agenda: Side[Value], remote: Side[Value], winner: Winner = "agenda") -> Settled[Value]:
    """Never by clock: changed on one side wins; changed differently on both, `winner` does."""
    if same(agenda.value, remote.value):
        return Settled(agenda.value)
    if not agenda.is_edited and not remote.is_edited:
        newer = remote if remote.revision > agenda.revision else agenda
        return Settled(newer.value)
    if not remote.is_edited and _stands_below(remote, agenda):
        return Settled(agenda.value)
    if not agenda.is_edited and _stands_below(agenda, remote):
        return Settled(remote.value)
    if winner == "agenda":
        return overruled(agenda.value, remote.value)
    return Settled(remote.value, agenda.value, "agenda")


def _stands_below(still: Side[Value], edited: Side[Value]) -> bool:
    """The edit was made in the knowledge of all that the other side holds."""
    return still.revision <= edited.revision or same(still.base, edited.base)
