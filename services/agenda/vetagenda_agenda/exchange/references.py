"""What lines name (calendars, types, owners, animals), found once for the whole file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from vetagenda_agenda.exchange import queries, rules
from vetagenda_agenda.exchange.rules import Line, Unreadable
from vetagenda_agenda.tables import Animal, AppointmentType, Calendar, Owner
from vetagenda_kit.db import WriteSession


def parted(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


@dataclass
class Named:
    """`owners` and `animals` know ids of this practice and ids of the files that they were imported from."""

    calendars: dict[str, list[UUID]] = field(default_factory=dict)
    types: dict[str, list[UUID]] = field(default_factory=dict)
    owners: dict[str, UUID] = field(default_factory=dict)
    animals: dict[str, UUID] = field(default_factory=dict)

    def calendar_ids(self, cell: str) -> list[UUID]:
        """Raises Unreadable: an appointment in a calendar that was not meant would be lost."""
        ids = []
        for name in parted(cell):
            found = self.calendars.get(name.casefold(), [])
            if len(found) != 1:
                raise Unreadable("calendars", "no calendar, or more than one, has this name")
            ids.append(found[0])
        if not ids:
            raise Unreadable("calendars", "the line names no calendar, and the import gives none")
        return ids

    def type_id(self, name: str) -> tuple[UUID | None, tuple[str, ...]]:
        found = self.types.get(name.strip().casefold(), [])
        if len(found) == 1 or not name.strip():
            return (found[0] if found else None), ()
        return None, ("appointment_type: no type, or more than one, has this name; left empty",)

    def owner_id(self, given: str) -> tuple[UUID | None, tuple[str, ...]]:
        found = self.owners.get(given.strip())
        if found or not given.strip():
            return found, ()
        return None, ("owner_id: not known here; the name is kept as text",)

    def animals_of(self, cell: str) -> tuple[list[UUID], tuple[str, ...]]:
        given = parted(cell)
        ids = [self.animals[each] for each in given if each in self.animals]
        return ids, (() if len(ids) == len(given) else ("animal_ids: some are not known here; left out",))


async def of(session: WriteSession, practice_id: UUID, lines: Sequence[Line]) -> Named:
    """Six statements for any number of lines."""
    owners = {str(line.values.get("owner_id") or "").strip() for line in lines} - {""}
    animals = {each for line in lines for each in parted(str(line.values.get("animal_ids", "")))}
    return Named(
        calendars=await queries.names(session, Calendar, practice_id),
        types=await queries.names(session, AppointmentType, practice_id),
        owners=await _resolved(session, practice_id, "owner", Owner, owners),
        animals=await _resolved(session, practice_id, "animal", Animal, animals),
    )


async def _resolved(
    session: WriteSession, practice_id: UUID, kind: str, table: Any, given: Iterable[str]
) -> dict[str, UUID]:
    imported = await queries.known(session, practice_id, kind, list(given))
    ids = {each: line.subject_id for each, line in imported.items() if line.subject_id}
    ids |= {each: own for each in given if each not in ids and (own := rules.own_id(each))}
    there = await queries.living(session, table, practice_id, list(ids.values()))
    return {each: own for each, own in ids.items() if own in there}
