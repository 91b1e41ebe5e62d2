"""Routes of calendar links."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlalchemy import select
from sqlmodel import col

from vetagenda_calendar_sync.cycle.pull import mark
from vetagenda_calendar_sync.links import commands, queries
from vetagenda_calendar_sync.links.rules import RUNNABLE, NotConnected, NothingToDecide
from vetagenda_calendar_sync.links.schemas import (
    ConflictView,
    Decision,
    LinkPatch,
    LinkView,
    NewLink,
    PausedView,
    SyncRequested,
)
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


async def _asked(practice_id: UUID, link: NewLink, caller: CalendarWriter, request: Request) -> bool:
    """Is it a test practice? Asked of the agenda before the transaction begins, with the calendar."""
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
    return bool(answer["practice"]["test"])


@router_.post("", status_code=201, responses=problems(InvalidRequest, NotFound))
async def create_calendar_link(
    practice_id: UUID,
    link: NewLink,
    caller: CalendarWriter,
    is_virtual: Annotated[bool, Depends(_asked)],
    session: Write,
    response: Response,
) -> LinkView:
    """Link a calendar of the agenda to a remote one. It works after the person's consent."""
    now = system_now()
    made = await commands.create(
        session, practice_id, link, is_virtual=is_virtual, now=now, actor=caller.actor
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


@router_.post("/pause", responses=problems(NotFound))
async def pause_calendar_links(practice_id: UUID, caller: CalendarWriter, session: Write) -> PausedView:
    """Hold all links of the practice. Repeat until `running` is 0: then nothing leaves any more."""
    return await _all(session, practice_id, LinkPatch(paused=True), caller)


@router_.post("/resume", responses=problems(NotFound))
async def resume_calendar_links(practice_id: UUID, caller: CalendarWriter, session: Write) -> PausedView:
    """Let all links of the practice run again; what changed meanwhile on either side follows once."""
    return await _all(session, practice_id, LinkPatch(paused=False), caller)


async def _all(session: Write, practice_id: UUID, patch: LinkPatch, caller: Caller) -> PausedView:
    now = system_now()
    query = select(CalendarLink).where(col(CalendarLink.practice_id) == practice_id).with_for_update()
    links = (await session.scalars(query)).all()
    for link in links:
        if (link.state == "paused") != patch.paused:
            await commands.change(session, link, patch, now, caller.actor)
    running = sum(link.lease_until is not None and link.lease_until > now for link in links)
    return PausedView(links=len(links), running=running)


@router_.get("/{link_id}", responses=problems(NotFound))
async def get_calendar_link(
    practice_id: UUID, link_id: UUID, _caller: CalendarReader, session: Read, response: Response
) -> LinkView:
    """One linked calendar and how it fares, with its `ETag`."""
    link = await queries.one(session, practice_id, link_id)
    response.headers["ETag"] = etag(link.version)
    return await queries.described(session, link, system_now())


@router_.patch("/{link_id}", responses=problems(NotFound, StaleVersion, VersionRequired))
async def patch_calendar_link(
    practice_id: UUID,
    link_id: UUID,
    patch: LinkPatch,
    if_match: IfMatch,
    caller: CalendarWriter,
    session: Write,
    response: Response,
) -> LinkView:
    """Change its mode or what it tells, or pause and resume it. Every event is brought to the new level."""
    link, now = await queries.one(session, practice_id, link_id, lock=True), system_now()
    check_version(if_match, link.version)
    await commands.change(session, link, patch, now, caller.actor)
    if patch.privacy or patch.mode or patch.transparent_free is not None:
        rows = select(col(SyncEvent.id)).where(col(SyncEvent.link_id) == link.id)
        await mark(session, list((await session.scalars(rows)).all()))
    response.headers["ETag"] = etag(link.version)
    return await queries.described(session, link, now)


@router_.delete("/{link_id}", status_code=204, responses=problems(NotFound))
async def delete_calendar_link(
    practice_id: UUID, link_id: UUID, caller: CalendarWriter, session: Write
) -> None:
    """End the link. The remote copies stay; linking the same two calendars again adopts them."""
    link = await queries.one(session, practice_id, link_id, lock=True)
    await commands.delete(session, link, caller.actor)


@router_.post("/{link_id}/sync", status_code=202, responses=problems(NotFound, NotConnected))
async def sync_calendar_link(
    practice_id: UUID, link_id: UUID, caller: CalendarWriter, session: Write
) -> SyncRequested:
    """Ask for a cycle now. Any number of calls during a cycle make one further cycle."""
    link = await queries.one(session, practice_id, link_id, lock=True)
    if link.state not in RUNNABLE:
        raise NotConnected(f"the link is {link.state}", state=link.state)
    return SyncRequested(cycle=commands.ask_for_cycle(session, link, system_now(), caller.actor))


@router_.post("/{link_id}/decisions", status_code=202, responses=problems(NotFound, NothingToDecide))
async def decide_on_calendar_link(
    practice_id: UUID, link_id: UUID, decision: Decision, caller: CalendarWriter, session: Write
) -> SyncRequested:
    """Accept or reject what the link has held back; the cycle in the answer carries it out."""
    link, now = await queries.one(session, practice_id, link_id, lock=True), system_now()
    cycle = await commands.decide_deletions(
        session, link, accept=decision.accept, now=now, actor=caller.actor
    )
    return SyncRequested(cycle=cycle)


@router_.get("/{link_id}/conflicts", responses=problems(NotFound))
async def list_sync_conflicts(
    practice_id: UUID, link_id: UUID, _caller: CalendarReader, session: Read, paging: Paging
) -> Page[ConflictView]:
    """Fields that both sides had changed, with the value that did not win. Newest first."""
    link = await queries.one(session, practice_id, link_id)
    return await queries.conflicts(session, link, paging)
