"""An import is one transaction. Its dry run is the same import, taken back: what it says is what happens."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy import insert, text

from vetagenda_agenda.appointments.rules import StatusConflict
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.exchange import calendar_files, queries, references, spreadsheets
from vetagenda_agenda.exchange.appointments import Appointments
from vetagenda_agenda.exchange.outcomes import Outcome, conflict, invalid
from vetagenda_agenda.exchange.records import Records
from vetagenda_agenda.exchange.rules import Content, Line, Unreadable
from vetagenda_agenda.exchange.savepoints import savepoint
from vetagenda_agenda.exchange.schemas import KIND_OF, ImportRequest, ImportView
from vetagenda_agenda.exchange.tables import ImportLine, ImportRun
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_agenda.practices.queries import practice
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import Conflict, InvalidRequest, NotFound

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def one_at_a_time(session: WriteSession, practice_id: UUID) -> None:
    """Imports and undos of a practice queue: two of the same file must see each other."""
    await session.execute(_LOCK, {"name": f"import {practice_id}"})


def of_import(context: Context, import_id: UUID) -> Context:
    """Told by its events: owners get no message for what a file brought, or its undo took away."""
    return replace(context, origin=f"import:{import_id}")


async def read(request: ImportRequest, zone: ZoneInfo) -> Content:
    """In a thread: a long file must not keep other requests waiting. Raises InvalidRequest."""
    if request.format == "ics":
        return await asyncio.to_thread(calendar_files.read, request.content, zone)
    kind = KIND_OF[request.what]
    return await asyncio.to_thread(
        spreadsheets.read, request.content, kind, request.mapping, zone, request.date_format
    )


async def run(
    session: WriteSession, practice_id: UUID, request: ImportRequest, context: Context
) -> ImportView:
    """Write the file, or on a dry run say what would be written. Raises NotFound, InvalidRequest."""
    await queries.check_calendar(session, practice_id, request.calendar_id, at="/calendar_id")
    zone = ZoneInfo(request.time_zone or (await practice(session, practice_id)).time_zone)
    content = await read(request, zone)
    lines = content.lines
    await one_at_a_time(session, practice_id)
    found = _run(practice_id, request, context, content.notes)
    async with savepoint(session, keep=not request.dry_run):
        outcomes = await _settled(session, practice_id, request, of_import(context, found.id), lines)
    rows = [_row(found, line, outcome) for line, outcome in zip(lines, outcomes, strict=True)]
    if not request.dry_run:
        session.add(found)
        await session.flush()
        if rows:
            await session.execute(insert(ImportLine), [row.model_dump() for row in rows])
    return queries.view(found, rows, dry_run=request.dry_run)


async def _settled(
    session: WriteSession,
    practice_id: UUID,
    request: ImportRequest,
    context: Context,
    lines: Sequence[Line],
) -> list[Outcome]:
    kind = KIND_OF[request.what]
    known = await queries.known(session, practice_id, kind, {line.external_id for line in lines})
    named = await references.of(session, practice_id, lines)
    writer: Appointments | Records
    if kind == "appointment":
        writer = Appointments(session, practice_id, request, context, named)
    else:
        writer = Records(session, practice_id, kind, context, named)
    return [await _outcome(session, writer, line, known.get(line.external_id)) for line in lines]


async def _outcome(
    session: WriteSession, writer: Appointments | Records, line: Line, known: ImportLine | None
) -> Outcome:
    """What a person's command would refuse is refused to a line as well, and only to that line."""
    subject_id = known.subject_id if known else None
    try:
        if line.wrong is not None:
            raise line.wrong
        async with savepoint(session):
            return await writer.settle(line, known)
    except Unreadable as wrong:
        return invalid(wrong.field, str(wrong))
    except ValidationError as error:
        first = error.errors()[0]
        return invalid(".".join(str(part) for part in first["loc"]), first["msg"])
    except InvalidRequest as problem:
        pointer = problem.members["errors"][0]["pointer"] if "errors" in problem.members else ""
        return invalid(pointer.strip("/") or None, problem.detail)
    except NotFound as problem:
        return invalid(None, problem.detail)
    except TimeTaken as problem:
        taken = ", ".join(problem.members.get("calendar_ids", ()))
        return conflict(subject_id, f"the time is taken in {taken}", "start")
    except (StatusConflict, Conflict) as problem:
        return conflict(subject_id, problem.detail)


def _run(practice_id: UUID, request: ImportRequest, context: Context, notes: Sequence[str]) -> ImportRun:
    return ImportRun(
        id=uuid7(),
        practice_id=practice_id,
        format=request.format,
        what=request.what,
        status="dry_run" if request.dry_run else "applied",
        actor_kind=context.actor.kind,
        actor_id=context.actor.id,
        created_at=context.now,
        notes=list(notes),
    )


def _row(found: ImportRun, line: Line, outcome: Outcome) -> ImportLine:
    return ImportLine(
        id=uuid7(),
        practice_id=found.practice_id,
        import_id=found.id,
        line=line.number,
        kind=KIND_OF[found.what],
        external_id=line.external_id,
        action=outcome.action,
        subject_id=outcome.subject_id,
        version_before=outcome.version_before,
        version=outcome.version,
        field=outcome.field,
        reason=outcome.reason,
        notes=list(outcome.notes or line.notes),
    )
