"""Routes of calendar links."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlalchemy import select
from sqlmodel import col

from vetagenda_calendar_sync.cycle.pull import mark
from vetagenda_calendar_sync.links import commands, queries
from vetagenda_calendar_sync.links.rules import (
    RUNNABLE,
    WHY_NOT_CONNECTED,
    AlreadyLinked,
    CopiesStay,
    NotConnected,
    RemoteCopies,
)
from vetagenda_calendar_sync.links.schemas import (
    ConflictStatus,
    ConflictView,
    LinkPatch,
    LinkView,
    NewLink,
    SyncRequested,
)
from vetagenda_calendar_sync.pauses import commands as pauses
from vetagenda_calendar_sync.pauses.queries import check as check_pause
from vetagenda_calendar_sync.pauses.rules import SyncPaused
from vetagenda_calendar_sync.tables import CalendarLink, SyncEvent
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read
from vetagenda_kit.etags import IfMatch, check_version, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

router_ = router(tags=["calendar sync"], prefix="/v1/practices/{practice_id}/calendar-links")

CalendarReader = Annotated[Caller, Depends(requires("calendar:read"))]
CalendarWriter = Annotated[Caller, Depends(requires("calendar:write"))]


async def _asked(
    practice_id: UUID, link: NewLink, caller: CalendarWriter, request: Request
) -> dict[str, Any]:
    """The practice's facts, asked of the agenda before the transaction begins, with the calendar."""
    service = request.app.state.service
    query = {"calendar_id": str(link.calendar_id), "limit": 1}
    answer: dict[str, Any] = await service.peers.call(
        "agenda",
        "GET",
        f"/internal/practices/{practice_id}/appointments",
        actor=caller.actor,
        practices=[practice_id],
        params=query,
    )
    practice: dict[str, Any] = answer["practice"]
    return practice


@router_.post("", status_code=201, responses=problems(InvalidRequest, NotFound))
async def create_calendar_link(
    practice_id: UUID,
    link: NewLink,
    caller: CalendarWriter,
    practice: Annotated[dict[str, Any], Depends(_asked)],
    session: Write,
    response: Response,
) -> LinkView:
    """Link a calendar of the agenda to a remote one. It works after the person's consent."""
    if link.provider == "caldav" and "remote_calendar_id" in link.model_fields_set:
        told = "a CalDAV calendar is chosen when it is connected: leave this out"
        raise InvalidRequest.at("/remote_calendar_id", told)
    now = system_now()
    made = await commands.create(
        session,
        practice_id,
        link,
        is_virtual=practice["test"],
        locale=practice["locale"],
        time_zone=practice["time_zone"],
        now=now,
        actor=caller.actor,
    )
    response.headers["Location"] = f"/v1/practices/{practice_id}/calendar-links/{made.id}"
    response.headers["ETag"] = etag(made.version)
    return queries.view(made, now, {})


@router_.get("")
async def list_calendar_links(
    practice_id: UUID,
    _caller: CalendarReader,
    session: Read,
    paging: Paging,
    calendar_id: UUID | None = None,
) -> Page[LinkView]:
    """The calendars that are linked, and how each fares."""
    return await queries.page(session, practice_id, paging, system_now(), calendar_id)


@router_.get("/{link_id}", responses=problems(NotFound))
async def get_calendar_link(
    practice_id: UUID, link_id: UUID, _caller: CalendarReader, session: Read, response: Response
) -> LinkView:
    """One linked calendar and how it fares, with its `ETag`."""
    link = await queries.one(session, practice_id, link_id)
    response.headers["ETag"] = etag(link.version)
    return await queries.described(session, link, system_now())


@router_.patch(
    "/{link_id}",
    responses={
        202: {"model": LinkView, "description": "It is paused; a cycle under way still has to end."},
        **problems(NotFound, StaleVersion, VersionRequired, AlreadyLinked),
    },
)
async def patch_calendar_link(
    practice_id: UUID,
    link_id: UUID,
    patch: LinkPatch,
    if_match: IfMatch,
    caller: CalendarWriter,
    session: Write,
    response: Response,
) -> LinkView:
    """Change its mode or what it tells, or pause and resume it. Every event is brought to the new level. A
    pause answers 202 while a cycle is under way: read the link until `running` is false."""
    link, now = await queries.one(session, practice_id, link_id, lock=True), system_now()
    check_version(if_match, link.version)
    await commands.change(session, link, patch, now, caller.actor)
    await _pause_or_resume(session, link, patch, caller)
    if patch.privacy or patch.mode or patch.transparent_free is not None:
        rows = select(col(SyncEvent.id)).where(col(SyncEvent.link_id) == link.id)
        await mark(session, list((await session.scalars(rows)).all()))
    response.headers["ETag"] = etag(link.version)
    response.status_code = 202 if patch.paused and queries.is_running(link, now) else 200
    return await queries.described(session, link, now)


async def _pause_or_resume(session: Write, link: CalendarLink, patch: LinkPatch, caller: Caller) -> None:
    if patch.paused is None:
        return
    now = system_now()
    if patch.paused:
        is_news = await pauses.pause(session, "link", link.id, link.practice_id, now)
    else:
        is_news = await pauses.resume(session, "link", link.id, now)
    if is_news:
        commands.paused_or_not(session, link, is_paused=patch.paused, now=now, actor=caller.actor)


@router_.delete(
    "/{link_id}",
    status_code=204,
    responses={
        202: {"description": "The copies are being deleted; the link is there until they are gone."},
        **problems(NotFound, CopiesStay),
    },
)
async def delete_calendar_link(
    practice_id: UUID,
    link_id: UUID,
    caller: CalendarWriter,
    session: Write,
    remote_copies: RemoteCopies = "keep",
) -> Response:
    """End the link. With `keep` the remote copies stay, and linking the same two calendars again adopts them.
    With `delete` the events that were made for appointments are deleted there (202), never what a person
    typed there; then the link is gone."""
    link = await queries.one(session, practice_id, link_id, lock=True)
    if remote_copies == "delete":
        await commands.disconnect(session, link, system_now(), caller.actor)
        return Response(status_code=202)
    await commands.delete(session, link, caller.actor)
    return Response(status_code=204)


@router_.post("/{link_id}/sync", status_code=202, responses=problems(NotFound, NotConnected, SyncPaused))
async def sync_calendar_link(
    practice_id: UUID, link_id: UUID, caller: CalendarWriter, session: Write
) -> SyncRequested:
    """Ask for a cycle now. Any number of calls during a cycle make one further cycle."""
    link = await queries.one(session, practice_id, link_id, lock=True)
    if link.state not in RUNNABLE:
        raise NotConnected(WHY_NOT_CONNECTED[link.state], state=link.state)
    await check_pause(session, link)
    return SyncRequested(cycle=commands.ask_for_cycle(session, link, system_now(), caller.actor))


@router_.get("/{link_id}/conflicts", responses=problems(NotFound))
async def list_sync_conflicts(
    practice_id: UUID,
    link_id: UUID,
    _caller: CalendarReader,
    session: Read,
    paging: Paging,
    status: ConflictStatus | None = None,
) -> Page[ConflictView]:
    """Fields that both sides had changed, with the value that did not win. Those that nobody has answered
    first, then the newest."""
    link = await queries.one(session, practice_id, link_id)
    return await queries.conflicts(session, link, paging, status)
