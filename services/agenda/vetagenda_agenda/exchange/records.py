"""One line of a file becomes an owner or an animal, changes one, or says why not."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.exchange.outcomes import Outcome, conflict
from vetagenda_agenda.exchange.references import Named
from vetagenda_agenda.exchange.rules import Line, Unreadable, own_id
from vetagenda_agenda.exchange.tables import ImportLine
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.owners import ANIMALS, OWNERS
from vetagenda_agenda.records.resource import Resource
from vetagenda_kit.db import WriteSession

RESOURCES: dict[str, Resource[Any]] = {"owner": OWNERS, "animal": ANIMALS}


@dataclass(frozen=True)
class Records:
    """Settles the lines of one import, in one transaction."""

    session: WriteSession
    practice_id: UUID
    kind: str
    context: Context
    named: Named

    @property
    def resource(self) -> Resource[Any]:
        return RESOURCES[self.kind]

    async def settle(self, line: Line, known: ImportLine | None) -> Outcome:
        """Raises InvalidRequest, NotFound, ValidationError, Unreadable."""
        values = self._wanted(line)
        subject_id = known.subject_id if known else own_id(line.external_id)
        found = await self._find(subject_id) if subject_id else None
        if found is None:
            request = self.resource.new(**values)
            made = await records.create(
                self.session, self.resource, self.practice_id, request, self.context.actor
            )
            return Outcome("create", made.id, version=made.version, notes=line.notes)
        if found.deleted_at is not None:
            return conflict(found.id, "deleted here since it was imported")
        return await self._update(line, found, values, known.version if known else line.version)

    async def _find(self, subject_id: UUID) -> Any:
        found = await self.session.get(self.resource.table, subject_id)
        return found if found is not None and found.practice_id == self.practice_id else None

    def _wanted(self, line: Line) -> dict[str, Any]:
        values = dict(line.values)
        if self.kind == "animal":
            owner_id, _ = self.named.owner_id(values.get("owner_id", ""))
            if owner_id is None:
                raise Unreadable("owner_id", "neither an owner here nor the id of an imported one")
            values["owner_id"] = owner_id
        return values

    async def _update(self, line: Line, found: Any, values: dict[str, Any], expected: int | None) -> Outcome:
        if "consents" in values:
            values["consents"] = {**found.consents, **values["consents"]}
        wanted = self.resource.patch(**values)
        differing = {name for name in values if _plain(getattr(wanted, name)) != getattr(found, name)}
        if not differing:
            return Outcome("unchanged", found.id, notes=line.notes)
        if expected is not None and expected != found.version:
            return conflict(found.id, "changed here since the file was written or last imported")
        before = found.version
        patch = self.resource.patch(**{name: values[name] for name in differing})
        await records.update(self.session, self.resource, found, patch, before, self.context.actor)
        return Outcome("update", found.id, version_before=before, version=found.version, notes=line.notes)


def _plain(value: Any) -> Any:
    return value.model_dump() if isinstance(value, BaseModel) else value
