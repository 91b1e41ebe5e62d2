"""How a practice wants its calls handled, and which days its agenda shows (DESK-1, DESK-3 .. DESK-7)."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Header, Query, Response

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk.settings import commands, queries, viewing
from vetagenda_agenda.desk.settings.schemas import AgendaPage, AgendaView, DeskSettings
from vetagenda_agenda.practices import queries as practices
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import etag
from vetagenda_kit.models import Day
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

api = router(tags=["desk"], prefix="/v1/practices/{practice_id}/desk")
Reader = Annotated[Caller, Depends(requires("desk:read"))]
Decider = Annotated[Caller, Depends(requires("practice:write"))]


@api.get("/settings")
async def get_desk_settings(
    practice_id: UUID, session: Read, _caller: Reader, response: Response
) -> DeskSettings:
    """How the practice wants its calls handled; the defaults before it chose anything."""
    choices, version = await queries.chosen(session, practice_id)
    response.headers["ETag"] = etag(version)
    return choices


@api.put("/settings", responses=problems(InvalidRequest, NotFound, StaleVersion, VersionRequired))
async def put_desk_settings(
    practice_id: UUID,
    choices: DeskSettings,
    session: Write,
    caller: Decider,
    now: Now,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> DeskSettings:
    """Choose anew; what is left out takes its default. The first time needs no If-Match."""
    context = Context(caller.actor, now)
    version = await commands.choose(session, practice_id, choices, context, if_match)
    response.headers["ETag"] = etag(version)
    return choices


_ANY_DAY = "A day that the page is to show; left out, the page of today."


@api.get("/agenda-view")
async def get_agenda_page(
    practice_id: UUID,
    session: Read,
    _caller: Reader,
    now: Now,
    day: Annotated[Day | None, Query(description=_ANY_DAY)] = None,
) -> AgendaPage:
    """Which days a front-end shows at once: by week from a Monday on, or by day from `day` on."""
    practice = await practices.practice(session, practice_id)
    zone = ZoneInfo(practice.time_zone)
    choices, _version = await queries.chosen(session, practice_id)
    return _page(day or now.astimezone(zone).date(), choices.agenda_view, zone)


def _page(day: date, view: AgendaView, zone: ZoneInfo) -> AgendaPage:
    first = viewing.first_day(day, view.days, by_week=view.by_week)
    last = first + timedelta(days=view.days - 1)
    return AgendaPage(
        paging=view.paging,
        first_day=first,
        last_day=last,
        previous_first_day=viewing.next_first_day(first, view.days, by_week=view.by_week, pages=-1),
        next_first_day=viewing.next_first_day(first, view.days, by_week=view.by_week),
        from_=datetime.combine(first, time(), zone),
        to=datetime.combine(last + timedelta(days=1), time(), zone),
    )
