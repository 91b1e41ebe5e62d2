"""Taking an import back: exactly what it made, where nobody has changed it since."""

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from vetagenda_agenda.appointments import commands, rules, status_commands
from vetagenda_agenda.appointments.schemas import AppointmentPatch, Cancel, Override, Reschedule
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.exchange import queries
from vetagenda_agenda.exchange.commands import of_import, one_at_a_time
from vetagenda_agenda.exchange.records import RESOURCES
from vetagenda_agenda.exchange.savepoints import savepoint
from vetagenda_agenda.exchange.schemas import ImportView
from vetagenda_agenda.exchange.tables import ImportLine
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.tables import Appointment
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import Problem

_CHANGED = "changed since it was imported"
_FORGOTTEN = "what it was before is not kept any more"
_WRITTEN = ("create", "update")


class Kept(Exception):
    """The record stays as it is; the text says why."""


async def undo(session: WriteSession, practice_id: UUID, import_id: UUID, context: Context) -> ImportView:
    """Answers what was kept and why. Again: what was kept is tried again. Raises NotFound."""
    await one_at_a_time(session, practice_id)
    found = await queries.run(session, practice_id, import_id)
    lines = await queries.lines(session, import_id)
    for line in reversed(lines):
        if line.action in _WRITTEN and line.undone_at is None:
            line.kept = await _line(session, practice_id, line, of_import(context, import_id))
            line.undone_at = None if line.kept else context.now
    remaining = any(line.kept for line in lines)
    found.status = "partly_undone" if remaining else "undone"
    found.undone_at = found.undone_at or context.now
    return queries.view(found, lines)


async def _line(session: WriteSession, practice_id: UUID, line: ImportLine, context: Context) -> str | None:
    """The reason why it was kept, None when it was taken back."""
    act = _appointment if line.kind == "appointment" else _record
    try:
        async with savepoint(session):
            await act(session, practice_id, line, context)
    except Kept as reason:
        return str(reason)
    except TimeTaken:
        return "the time that it had before is taken now"
    except Problem as problem:
        return problem.detail
    return None


async def _appointment(session: WriteSession, practice_id: UUID, line: ImportLine, context: Context) -> None:
    assert line.subject_id
    found = await commands.for_update(session, practice_id, line.subject_id)
    if found is None or found.version != line.version:
        raise Kept(_CHANGED)
    if found.status not in rules.LIVING:
        raise Kept(f"it is {found.status}, and stays so")
    if line.action == "create":
        await status_commands.cancel(session, found, Cancel(reason="the import was undone"), context)
        return
    before = await _before(session, found.id, line)
    await _restore(session, found, before, context)
    await _tell_earlier_lines(session, line, found.version)


async def _before(session: WriteSession, subject_id: UUID, line: ImportLine) -> dict[str, Any]:
    known = await queries.before(session, subject_id, line.version_before or 0)
    if known is None:
        raise Kept(_FORGOTTEN)
    return known


async def _restore(
    session: WriteSession, found: Appointment, before: dict[str, Any], context: Context
) -> None:
    override = Override(reason=before["override_reason"] or "as it was") if before["overlaps"] else None
    move = Reschedule(
        start=before["start"],
        end=before["end"],
        calendar_ids=before["calendar_ids"],
        override=override,
    )
    await commands.reschedule(session, found, move, context)
    patch = AppointmentPatch(
        **{name: before[name] for name in AppointmentPatch.model_fields if name in before}
    )
    await commands.update(session, found, patch, context)


async def _record(session: WriteSession, _practice_id: UUID, line: ImportLine, context: Context) -> None:
    resource = RESOURCES[line.kind]
    assert line.subject_id
    found = await session.get(resource.table, line.subject_id)
    if found is None or found.deleted_at is not None or found.version != line.version:
        raise Kept(_CHANGED)
    if line.action == "create":
        if await queries.is_referred_to(session, line.kind, found.id):
            raise Kept("animals or appointments belong to it")
        await records.delete(session, resource, found, line.version, context.actor)
        return
    before = await _before(session, found.id, line)
    after = records.snapshot(found)
    fields = [name for name in resource.patch.model_fields if before[name] != after[name]]
    patch = resource.patch(**{name: before[name] for name in fields})
    await records.update(session, resource, found, patch, line.version, context.actor)
    await _tell_earlier_lines(session, line, found.version)


async def _tell_earlier_lines(session: WriteSession, line: ImportLine, version: int) -> None:
    """The record is again as the import before left it: that one can be undone in its turn."""
    await session.execute(
        update(ImportLine)
        .where(
            col(ImportLine.subject_id) == line.subject_id,
            col(ImportLine.version) == line.version_before,
            col(ImportLine.undone_at).is_(None),
        )
        .values(version=version)
    )
