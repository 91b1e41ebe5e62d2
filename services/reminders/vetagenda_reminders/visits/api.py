"""Routes of visits and their lines."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import IfMatch, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.visits import asking, commands, lines, queries
from vetagenda_reminders.visits.schemas import (
    LineChange,
    LineView,
    NewLine,
    NewVisit,
    VisitChange,
    VisitView,
    WrittenLineView,
)
from vetagenda_reminders.visits.tables import VisitLine

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/visits")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]
_CHANGING = (InvalidRequest, NotFound, StaleVersion, VersionRequired)


async def _new(practice_id: UUID, new: NewVisit, request: Request, _caller: Writer) -> asking.AskedVisit:
    return await asking.about_new(request.app.state.service, practice_id, new)


async def _changed(practice_id: UUID, wanted: VisitChange, request: Request, _caller: Writer) -> VisitChange:
    await asking.check_change(request.app.state.service, practice_id, wanted)
    return wanted


async def _new_line(practice_id: UUID, new: NewLine, request: Request, caller: Writer) -> lines.Scene:
    service = request.app.state.service
    return await asking.about_animal(service, practice_id, new.animal_id, caller.actor)


async def _old_line(
    practice_id: UUID, visit_id: UUID, line_id: UUID, request: Request, caller: Writer
) -> lines.Scene:
    service = request.app.state.service
    return await asking.about_line(service, practice_id, visit_id, line_id, caller.actor)


@public.post("", status_code=201, responses=problems(InvalidRequest, NotFound))
async def create_visit(
    practice_id: UUID,
    new: NewVisit,
    asked: Annotated[asking.AskedVisit, Depends(_new)],
    caller: Writer,
    session: Write,
    response: Response,
) -> VisitView:
    """Open a visit, to which lines of products and acts are added."""
    visit = await commands.create(session, asked.practice, new, asked.owner_id, caller.actor)
    response.headers["Location"] = f"/v1/practices/{practice_id}/visits/{visit.id}"
    response.headers["ETag"] = etag(visit.version)
    return (await queries.shown(session, [visit]))[0]


@public.get("")
async def list_visits(
    _caller: Reader, session: Read, paging: Paging, wanted: queries.Filtered
) -> Page[VisitView]:
    """Every visit with its lines, the oldest first."""
    visits, following = await queries.page(session, wanted, paging)
    return Page(items=await queries.shown(session, visits), next=following)


@public.get("/{visit_id}", responses=problems(NotFound))
async def get_visit(visit_id: UUID, _caller: Reader, session: Read, response: Response) -> VisitView:
    """One visit with its lines, and a warning for each that sends nothing although it should."""
    visit = await queries.get(session, visit_id)
    response.headers["ETag"] = etag(visit.version)
    return (await queries.shown(session, [visit]))[0]


@public.patch("/{visit_id}", responses=problems(*_CHANGING))
async def change_visit(
    visit_id: UUID,
    wanted: Annotated[VisitChange, Depends(_changed)],
    caller: Writer,
    expected: IfMatch,
    session: Write,
    response: Response,
) -> VisitView:
    """Change what is sent of the visit; its lines keep their days."""
    visit = await commands.change(session, visit_id, wanted.changes(), caller.actor, expected)
    response.headers["ETag"] = etag(visit.version)
    return (await queries.shown(session, [visit]))[0]


@public.delete("/{visit_id}", status_code=204, responses=problems(*_CHANGING))
async def delete_visit(visit_id: UUID, caller: Writer, expected: IfMatch, now: Now, session: Write) -> None:
    """Delete the visit with its lines. What they planned and has not left is withdrawn."""
    await commands.delete(session, visit_id, now, caller.actor, expected)


@public.post("/{visit_id}/lines", status_code=201, responses=problems(InvalidRequest, NotFound))
async def add_visit_line(
    practice_id: UUID,
    visit_id: UUID,
    new: NewLine,
    scene: Annotated[lines.Scene, Depends(_new_line)],
    session: Write,
    response: Response,
) -> WrittenLineView:
    """A product was given, or an act done. A green line's reminders are in the ledger from now on."""
    line, earlier = await lines.add(session, visit_id, new, scene)
    response.headers["Location"] = f"/v1/practices/{practice_id}/visits/{visit_id}/lines/{line.id}"
    return await _written(session, response, line, earlier)


@public.get("/{visit_id}/lines/{line_id}", responses=problems(NotFound))
async def get_visit_line(
    visit_id: UUID, line_id: UUID, _caller: Reader, session: Read, response: Response
) -> LineView:
    """One line as it is now, with the `ETag` that a change of it needs."""
    line = await queries.line(session, visit_id, line_id)
    response.headers["ETag"] = etag(line.version)
    return await queries.shown_line(session, line)


@public.patch("/{visit_id}/lines/{line_id}", responses=problems(*_CHANGING))
async def change_visit_line(
    visit_id: UUID,
    line_id: UUID,
    wanted: LineChange,
    scene: Annotated[lines.Scene, Depends(_old_line)],
    expected: IfMatch,
    session: Write,
    response: Response,
) -> WrittenLineView:
    """Select another reminder, or move the day: what has not left is withdrawn and planned anew."""
    line, earlier = await lines.change(session, visit_id, line_id, wanted, scene, expected)
    return await _written(session, response, line, earlier)


@public.delete("/{visit_id}/lines/{line_id}", status_code=204, responses=problems(*_CHANGING))
async def delete_visit_line(
    visit_id: UUID, line_id: UUID, caller: Writer, expected: IfMatch, now: Now, session: Write
) -> None:
    """Take the line off the visit. What it planned and has not left is withdrawn."""
    await lines.remove(session, visit_id, line_id, now, caller.actor, expected)


async def _written(
    session: Write, response: Response, line: VisitLine, earlier: list[Reminder]
) -> WrittenLineView:
    response.headers["ETag"] = etag(line.version)
    shown = await queries.shown_line(session, line)
    fields = {name: getattr(shown, name) for name in LineView.model_fields}
    return WrittenLineView(**fields, earlier=[ReminderView.of(row) for row in earlier])
