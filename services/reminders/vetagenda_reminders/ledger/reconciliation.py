"""What to change in the ledger so that it says what should be said: the plan before the act. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from vetagenda_reminders.ledger.vocabulary import WAITING, Channel, SkipReason, Status

Key = tuple[int, str, int, Channel, str]
"""(sequence, rule, occurrence, channel, recipient) within one subject."""


_KNOWN_BY_NOW = frozenset({SkipReason.KNOWN_CONTACT, SkipReason.DECEASED})
"""Why a row that waits need not wait for its time to be judged."""


class Wanted(Protocol):
    @property
    def key(self) -> Key: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def skip(self) -> SkipReason | None: ...
    @property
    def new_contacts_only(self) -> bool: ...
    @property
    def late(self) -> bool: ...


SomeWanted = TypeVar("SomeWanted", bound=Wanted)


@dataclass(frozen=True, slots=True)
class Existing:
    """A row of the ledger. `stands` says whether it is still true without being wanted anew. `set_aside`:
    planning itself skipped it, so that another choice may bring it back."""

    id: UUID
    key: Key
    status: Status
    due_at: datetime
    stands: bool = False
    new_contacts_only: bool = False
    set_aside: bool = False


@dataclass(slots=True)
class Changes(Generic[SomeWanted]):
    insert: list[SomeWanted] = field(default_factory=list)
    replan: list[tuple[UUID, SomeWanted]] = field(default_factory=list)
    withdraw: list[UUID] = field(default_factory=list)


def reconcile(existing: Iterable[Existing], wanted: Iterable[SomeWanted]) -> Changes[SomeWanted]:
    """Rows that left, were refused or were cancelled by a person are never touched again.

    A row whose time has passed meanwhile stays as it is: a repeated event must neither move it nor
    turn it into a skipped one. One that was set aside comes back only for a time that is to come.
    """
    changes: Changes[SomeWanted] = Changes()
    rows = {row.key: row for row in existing}
    wanted_by_key = {one.key: one for one in wanted}
    for key, one in wanted_by_key.items():
        _fit(changes, rows.get(key), one)
    changes.withdraw.extend(
        row.id
        for key, row in rows.items()
        if row.status in WAITING and key not in wanted_by_key and not row.stands
    )
    return changes


def _fit(changes: Changes[SomeWanted], row: Existing | None, wanted: SomeWanted) -> None:
    if row is None:
        changes.insert.append(wanted)
    elif row.status is Status.WITHDRAWN or _is_other(row, wanted) or _comes_back(row, wanted):
        changes.replan.append((row.id, wanted))


def _is_other(row: Existing, wanted: SomeWanted) -> bool:
    if row.status is not Status.PLANNED:
        return False
    if wanted.skip:
        return wanted.skip in _KNOWN_BY_NOW
    return (row.due_at, row.new_contacts_only) != (wanted.due_at, wanted.new_contacts_only)


def _comes_back(row: Existing, wanted: SomeWanted) -> bool:
    return row.set_aside and not wanted.skip and not wanted.late
