"""One line of a file becomes an appointment, changes one, or says why not."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from vetagenda_agenda.appointments import commands, rules, status_commands
from vetagenda_agenda.appointments.schemas import (
    AppointmentPatch,
    Cancel,
    Override,
    PutAppointment,
    Reschedule,
)
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.exchange import statuses
from vetagenda_agenda.exchange.outcomes import Outcome, conflict
from vetagenda_agenda.exchange.references import Named
from vetagenda_agenda.exchange.rules import Line, Unreadable, own_id
from vetagenda_agenda.exchange.schemas import ImportRequest
from vetagenda_agenda.exchange.tables import ImportLine
from vetagenda_agenda.tables import Appointment
from vetagenda_kit.db import WriteSession

_OVERLAP = "imported over what was there"
_TEXTS = ("title", "description", "notes", "phone")


@dataclass(frozen=True)
class Appointments:
    """Settles the lines of one import, in one transaction."""

    session: WriteSession
    practice_id: UUID
    request: ImportRequest
    context: Context
    named: Named

    async def settle(self, line: Line, known: ImportLine | None) -> Outcome:
        """Raises TimeTaken, StatusConflict, InvalidRequest, NotFound, ValidationError, Unreadable."""
        wanted, notes = self._wanted(line)
        subject_id = known.subject_id if known else own_id(line.external_id)
        found = await commands.for_update(self.session, self.practice_id, subject_id) if subject_id else None
        if found is None:
            return await self._create(line, wanted, notes)
        expected = known.version if known else line.version
        return await self._update(line, found, wanted, notes, expected)

    def _wanted(self, line: Line) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The fields of the line as ours."""
        given = line.values
        wanted: dict[str, Any] = {name: given[name] for name in ("start", "end", *_TEXTS) if name in given}
        if "phone" in wanted:
            wanted["phone"] = wanted["phone"].strip() or None
        named = self.named
        if self.request.calendar_id:
            wanted["calendar_ids"] = [self.request.calendar_id]
        else:
            wanted["calendar_ids"] = named.calendar_ids(given.get("calendars", ""))
        notes = line.notes
        if "appointment_type" in given:
            wanted["appointment_type_id"], more = named.type_id(given["appointment_type"])
            notes += more
        if "animal_ids" in given:
            wanted["animal_ids"], more = named.animals_of(given["animal_ids"])
            notes += more
        return self._with_owner(line, wanted, notes)

    def _with_owner(
        self, line: Line, wanted: dict[str, Any], notes: tuple[str, ...]
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        owner_id, more = self.named.owner_id(line.values.get("owner_id", ""))
        if owner_id:
            wanted["owner_id"] = owner_id
        elif "owner_name" in line.values:
            wanted["owner_name"] = line.values["owner_name"] or None
        return wanted, notes + more

    async def _create(self, line: Line, wanted: dict[str, Any], notes: tuple[str, ...]) -> Outcome:
        if line.values.get("status") == "cancelled":
            return Outcome("unchanged", reason="cancelled in the file, and not here", notes=notes)
        if "end" not in wanted and wanted.get("appointment_type_id") is None:
            raise Unreadable("end", "without a type the end or the duration must be given")
        order = PutAppointment(**wanted, source="import", allow_overlap=self.request.allow_overlap)
        made = await commands.book(self.session, self.practice_id, order, self.context)
        notes += statuses.noted(line.values.get("status"), made.status)
        return Outcome("create", made.id, version=made.version, notes=notes)

    async def _update(
        self,
        line: Line,
        found: Appointment,
        wanted: dict[str, Any],
        notes: tuple[str, ...],
        expected: int | None,
    ) -> Outcome:
        differing = {name for name, value in wanted.items() if not _same(found, name, value)}
        given = line.values.get("status")
        ends = given == "cancelled" and found.status != "cancelled"
        if not ends:
            notes += statuses.noted(given, found.status)
        if not ends and (not differing or given == "cancelled"):
            return Outcome("unchanged", found.id, notes=notes)
        if expected is not None and expected != found.version:
            return conflict(found.id, "changed here since the file was written or last imported")
        before = found.version
        if ends:
            reason = Cancel(reason="cancelled in an imported file")
            await status_commands.cancel(self.session, found, reason, self.context)
        else:
            rules.check_living(found.status)
            await self._move(found, wanted, differing)
            await self._rewrite(found, wanted, differing)
        return Outcome("update", found.id, version_before=before, version=found.version, notes=notes)

    async def _move(self, found: Appointment, wanted: dict[str, Any], differing: set[str]) -> None:
        if not differing & {"start", "end", "calendar_ids"}:
            return
        override = Override(reason=_OVERLAP) if self.request.allow_overlap else None
        move = Reschedule(
            start=wanted["start"],
            end=wanted.get("end"),
            calendar_ids=wanted["calendar_ids"],
            override=override,
        )
        await commands.reschedule(self.session, found, move, self.context)

    async def _rewrite(self, found: Appointment, wanted: dict[str, Any], differing: set[str]) -> None:
        fields = differing - {"start", "end", "calendar_ids"}
        if fields:
            patch = AppointmentPatch(**{name: wanted[name] for name in fields})
            await commands.update(self.session, found, patch, self.context)


def _same(found: Appointment, name: str, value: Any) -> bool:
    if name in ("calendar_ids", "animal_ids"):
        return set(getattr(found, name)) == set(value)
    return bool(getattr(found, name) == value)
