"""What to change in the ledger so that it says what should be said: the plan before the act. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from vetagenda_reminders.ledger.vocabulary import WAITING, Channel, SkipReason, Status

Key = tuple[int, str, int, Channel, str]
"""(sequence, rule, occurrence, channel, recipient) within one subject."""


class Wanted(Protocol):
    @property
    def key(self) -> Key: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def skip(self) -> SkipReason | None: ...


SomeWanted = TypeVar("SomeWanted", bound=Wanted)


@dataclass(frozen=True, slots=True)
class Existing:
    """A row of the ledger. `stands` says whether it is still true without being wanted anew."""

    id: UUID
    key: Key
    status: Status
    due_at: datetime
    stands: bool = False


@dataclass(slots=True)
class Changes(Generic[SomeWanted]):
    insert: list[SomeWanted] = field(default_factory=list)
    replan: list[tuple[UUID, SomeWanted]] = field(default_factory=list)
    withdraw: list[UUID] = field(default_factory=list)


def reconcile(existing: Iterable[Existing], wanted: Iterable[SomeWanted]) -> Changes[SomeWanted]:
    """Rows that left, were refused or were cancelled by a person are never touched again.

    A row whose time has passed meanwhile stays as it is: a repeated event must neither move it nor
    turn it into a skipped one.
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
    elif row.status is Status.WITHDRAWN or (
        row.status is Status.PLANNED and row.due_at != wanted.due_at and not wanted.skip
    ):
        changes.replan.append((row.id, wanted))
