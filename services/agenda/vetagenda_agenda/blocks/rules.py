"""From the blocks that there are to those that there shall be. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from vetagenda_agenda.blocks.schemas import Block
from vetagenda_agenda.tables import Absence


@dataclass(frozen=True)
class Wanted:
    """A block with the calendar and the event that it is of."""

    block: Block
    calendar_id: UUID
    linked_event_id: UUID

    def is_in(self, row: Absence) -> bool:
        return (row.start, row.end, row.reason, row.calendar_id, row.linked_event_id) == (
            self.block.start,
            self.block.end,
            self.block.reason,
            self.calendar_id,
            self.linked_event_id,
        )


@dataclass(frozen=True)
class Plan:
    """`adopted` are as they shall be, but belonged to an earlier link of the same two calendars."""

    new: list[Wanted] = field(default_factory=list)
    changed: list[tuple[Absence, Wanted]] = field(default_factory=list)
    adopted: list[Absence] = field(default_factory=list)
    withdrawn: list[Absence] = field(default_factory=list)


def plan(
    rows: Iterable[Absence], wanted: Mapping[UUID, Wanted], calendar_link_id: UUID, now: datetime
) -> Plan:
    """What is over stays as it was: it is history, whatever has become of its event since.

    A row that was withdrawn and is wanted again comes back under its id.
    """
    todo, known = Plan(), {row.id: row for row in rows}
    for id, row in known.items():
        if (want := wanted.get(id)) is None:
            if row.deleted_at is None and row.end > now:
                todo.withdrawn.append(row)
        elif row.deleted_at is not None or not want.is_in(row):
            todo.changed.append((row, want))
        elif row.calendar_link_id != calendar_link_id:
            todo.adopted.append(row)
    todo.new.extend(want for id, want in wanted.items() if id not in known)
    return todo
