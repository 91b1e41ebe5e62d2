"""Pausing a practice's links, or the whole platform's: 200 when nothing is under way, else 202 and polled."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_calendar_sync.links.api import CalendarReader, CalendarWriter
from vetagenda_calendar_sync.links.commands import tell_of_pause
from vetagenda_calendar_sync.pauses import commands, queries
from vetagenda_calendar_sync.pauses.schemas import Maintenance, MaintenanceView, PausedView
from vetagenda_calendar_sync.pauses.tables import PLATFORM
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read, ReadSession, WriteSession
from vetagenda_kit.problems import NotFound, problems
from vetagenda_kit.routing import Write, router
from vetagenda_kit.service import Service

of_practice = router(tags=["calendar sync"], prefix="/v1/practices/{practice_id}/calendar-links")
of_platform = router(tags=["calendar sync"], prefix="/v1/calendar-sync/maintenance")
Operator = Annotated[Caller, Depends(requires("admin"))]
_LATER: dict[int | str, dict[str, Any]] = {
    202: {"description": "It is paused; `running` cycles still have to end: ask again."}
}


@of_practice.post("/pause", responses={**_LATER, **problems(NotFound)})
async def pause_calendar_links(
    practice_id: UUID, caller: CalendarWriter, session: Write, response: Response
) -> PausedView:
    """Hold all links of the practice, also those that are made later. 200: nothing leaves any more. 202: the
    cycles under way end after the event that they work on; ask again until `running` is 0."""
    now = system_now()
    if await commands.pause(session, "practice", practice_id, practice_id, now):
        await tell_of_pause(session, practice_id, is_paused=True, now=now, actor=caller.actor)
    view = await _view(session, practice_id)
    response.status_code = 202 if view.running else 200
    return view


@of_practice.post("/resume", responses=problems(NotFound))
async def resume_calendar_links(practice_id: UUID, caller: CalendarWriter, session: Write) -> PausedView:
    """Let the practice's links run again; what changed meanwhile on either side follows once. Links that were
    paused on their own stay so."""
    now = system_now()
    if await commands.resume(session, "practice", practice_id, now):
        await tell_of_pause(session, practice_id, is_paused=False, now=now, actor=caller.actor)
    return await _view(session, practice_id)


@of_practice.get("/pause", responses=problems(NotFound))
async def get_calendar_links_pause(practice_id: UUID, _caller: CalendarReader, session: Read) -> PausedView:
    """Whether the practice's links are held, and how many cycles still run."""
    return await _view(session, practice_id)


async def _view(session: ReadSession | WriteSession, practice_id: UUID) -> PausedView:
    count = select(func.count()).where(col(CalendarLink.practice_id) == practice_id)
    since = await queries.since(session, practice_id)
    return PausedView(
        links=await session.scalar(count) or 0,
        running=await queries.running(session, system_now(), [practice_id]),
        paused=since is not None,
        since=since,
    )


@of_platform.put("", responses=_LATER)
async def put_sync_maintenance(
    order: Maintenance, _caller: Operator, request: Request, response: Response
) -> MaintenanceView:
    """Hold every link of every practice, or let them run again. Needs an operator's key. 200: no cycle is
    under way, and none begins. 202: ask again until `running` is 0. A restart changes nothing."""
    service: Service = request.app.state.service
    now = system_now()
    async with service.db.jobs_writing() as session:
        if order.active:
            await commands.pause(session, "platform", PLATFORM, PLATFORM, now)
        else:
            await commands.resume(session, "platform", PLATFORM, now)
        view = await _maintenance(session)
    response.status_code = 202 if order.active and view.running else 200
    return view


@of_platform.get("")
async def get_sync_maintenance(_caller: Operator, request: Request) -> MaintenanceView:
    """Whether the platform's links are held, and how many cycles still run. Needs an operator's key."""
    service: Service = request.app.state.service
    async with service.db.jobs_reading() as session:
        return await _maintenance(session)


async def _maintenance(session: ReadSession | WriteSession) -> MaintenanceView:
    since = await queries.since(session, PLATFORM)
    running = await queries.running(session, system_now())
    return MaintenanceView(active=since is not None, since=since, running=running)
