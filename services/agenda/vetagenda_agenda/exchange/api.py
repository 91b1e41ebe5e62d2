"""Import and export (AGD-12)."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.exchange import commands, exports, queries, undo
from vetagenda_agenda.exchange.schemas import ImportRequest, ImportView
from vetagenda_agenda.practices.queries import practice
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.models import Instant
from vetagenda_kit.operation_marks import costly
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import Write, router
from vetagenda_kit.service import Service

api = router(tags=["agenda"], prefix="/v1/practices/{practice_id}")
Reader = Annotated[Caller, Depends(requires("agenda:read"))]
Writer = Annotated[Caller, Depends(requires("agenda:write"))]
Bom = Annotated[bool, Query(description="Begin with the mark that spreadsheets need to see UTF-8.")]
_CSV, _ICS = "text/csv; charset=utf-8", "text/calendar; charset=utf-8"
_LONG: dict[str, Any] = {"x-answer-timeout-seconds": 120, **costly("files")}


@api.post(
    "/imports",
    status_code=201,
    responses={200: {"model": ImportView, "description": "A dry run"}, **problems(NotFound, InvalidRequest)},
    openapi_extra=_LONG,
)
async def import_file(
    practice_id: UUID, request: ImportRequest, session: Write, caller: Writer, now: Now, response: Response
) -> ImportView:
    """Import appointments (iCalendar or CSV), owners or animals (CSV). Without `dry_run: false` it only says
    what it would do. A file that is imported again changes nothing."""
    done = await commands.run(session, practice_id, request, Context(caller.actor, now))
    if done.id is None:
        response.status_code = 200
    else:
        response.headers["Location"] = f"/v1/practices/{practice_id}/imports/{done.id}"
    return done


@api.get("/imports/{import_id}", responses=problems(NotFound))
async def get_import(practice_id: UUID, import_id: UUID, session: Read, _caller: Reader) -> ImportView:
    """What an import did, or would do, with each line."""
    found = await queries.run(session, practice_id, import_id)
    return queries.view(found, await queries.lines(session, import_id))


@api.post("/imports/{import_id}/undo", responses=problems(NotFound), openapi_extra=_LONG)
async def undo_import(
    practice_id: UUID, import_id: UUID, session: Write, caller: Writer, now: Now
) -> ImportView:
    """Take back what the import made, where nobody has changed it since: appointments are cancelled, owners
    and animals deleted, changes reversed. `kept` says why something stays."""
    return await undo.undo(session, practice_id, import_id, Context(caller.actor, now))


async def _zone(practice_id: UUID, session: Read) -> ZoneInfo:
    return ZoneInfo((await practice(session, practice_id)).time_zone)


Zone = Annotated[ZoneInfo, Depends(_zone, scope="function")]


async def _wanted(
    practice_id: UUID,
    session: Read,
    from_: Annotated[Instant | None, Query(alias="from")] = None,
    to: Instant | None = None,
    calendar_id: UUID | None = None,
) -> exports.Wanted:
    await queries.check_calendar(session, practice_id, calendar_id, at="?calendar_id")
    return exports.Wanted(practice_id, from_, to, calendar_id)


Wanted = Annotated[exports.Wanted, Depends(_wanted, scope="function")]


def _download(content: AsyncIterator[bytes], media_type: str, name: str) -> StreamingResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(content, media_type=media_type, headers=disposition)


def _file(media_type: str) -> dict[int | str, dict[str, Any]]:
    content = {media_type.partition(";")[0]: {"schema": {"type": "string"}}}
    return {200: {"description": "The file", "content": content}, **problems(NotFound)}


@api.get(
    "/exports/appointments.ics",
    response_class=StreamingResponse,
    responses=_file(_ICS),
    openapi_extra=costly("files"),
)
async def export_calendar(request: Request, wanted: Wanted, zone: Zone, now: Now, _caller: Reader) -> Any:
    """RFC 5545, with the practice's zone: what intersects [from, to), also what was cancelled."""
    service: Service = request.app.state.service
    return _download(exports.calendar(service.db, wanted, zone, now), _ICS, "appointments.ics")


@api.get(
    "/exports/appointments.csv",
    response_class=StreamingResponse,
    responses=_file(_CSV),
    openapi_extra=costly("files"),
)
async def export_appointments(
    request: Request, wanted: Wanted, zone: Zone, _caller: Reader, bom: Bom = False
) -> Any:
    """RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    text = exports.appointments(request.app.state.service.db, wanted, zone)
    return _download(exports.encoded(text, bom=bom), _CSV, "appointments.csv")


@api.get(
    "/exports/owners.csv",
    response_class=StreamingResponse,
    responses=_file(_CSV),
    openapi_extra=costly("files"),
)
async def export_owners(request: Request, practice_id: UUID, _caller: Reader, bom: Bom = False) -> Any:
    """All owners as CSV, which can be imported again."""
    text = exports.owners(request.app.state.service.db, practice_id)
    return _download(exports.encoded(text, bom=bom), _CSV, "owners.csv")


@api.get(
    "/exports/animals.csv",
    response_class=StreamingResponse,
    responses=_file(_CSV),
    openapi_extra=costly("files"),
)
async def export_animals(request: Request, practice_id: UUID, _caller: Reader, bom: Bom = False) -> Any:
    """All animals as CSV, which can be imported again."""
    text = exports.animals(request.app.state.service.db, practice_id)
    return _download(exports.encoded(text, bom=bom), _CSV, "animals.csv")
