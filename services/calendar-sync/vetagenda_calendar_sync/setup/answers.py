"""What the set-up page's routes share: the page of a link, as it is answered to a visitor."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.feeds.tables import CalendarFeed
from vetagenda_calendar_sync.google import choosing
from vetagenda_calendar_sync.google.consent import OwnCalendar, asked_scopes
from vetagenda_calendar_sync.google.scopes import allowance
from vetagenda_calendar_sync.links import queries
from vetagenda_calendar_sync.links.rules import NothingToChoose
from vetagenda_calendar_sync.setup import page
from vetagenda_calendar_sync.setup.page import HEADERS
from vetagenda_calendar_sync.setup.plain import ended
from vetagenda_calendar_sync.setup.session import Visit
from vetagenda_calendar_sync.setup.shown import Form, Shown
from vetagenda_calendar_sync.status.languages import language_of
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.clock import system_now
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import NotFound, Problem
from vetagenda_kit.service import Service

OPEN: dict[str, Any] = {"security": []}
ENDED: dict[int | str, dict[str, Any]] = {
    410: {
        "description": "A page that says where to get a new link: this one is used up or over.",
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
}
SEE_OTHER: dict[int | str, dict[str, Any]] = {303: {"description": "To the page."}, **ENDED}
Language = Annotated[str, Header(alias="accept-language", max_length=500)]


async def page_of(
    visit: Visit, *, feed_url: str = "", problem: str = "", form: Form | None = None
) -> HTMLResponse:
    """422 when the form came back with something wrong in it."""
    service = visit.service
    try:
        own_calendars, why_not = await _own_calendars(visit)
        async with service.db.reading([visit.practice_id]) as session:
            link = await queries.one(session, *visit.ids)
            view = await queries.described(session, link, system_now())
            known = await _feeds(session, link.calendar_id)
    except NotFound:
        return ended("fr")
    practice, calendar = await _names(service, link.practice_id, link.calendar_id)
    shown = Shown(
        view, practice, calendar, link.time_zone, language_of(link.locale), known, _allows(service, link),
        feed_url, problem or why_not, form, own_calendars,
    )  # fmt: skip
    return HTMLResponse(page.page(shown), 422 if form and form.wrong else 200, headers=HEADERS)


async def _own_calendars(visit: Visit) -> tuple[list[OwnCalendar] | None, str]:
    """What there is to choose from, if a calendar is to be chosen now; or why Google does not say."""
    try:
        return await choosing.calendars(visit.service, *visit.ids), ""
    except NothingToChoose:
        return None, ""
    except NotFound:
        raise
    except Problem as problem:
        return None, problem.code


async def _feeds(session: AsyncSession, calendar_id: UUID) -> list[datetime | None]:
    """When each of the column's feeds was last read."""
    read = select(col(CalendarFeed.last_read_at)).where(col(CalendarFeed.calendar_id) == calendar_id)
    return list((await session.scalars(read)).all())


def _allows(service: Service, link: CalendarLink) -> str:
    return allowance(asked_scopes(service, link)) if link.provider == "google" else ""


async def _names(service: Service, practice_id: UUID, calendar_id: UUID) -> tuple[str, str]:
    """What the practice and the column are called; a column that is gone has no name any more."""
    path = f"/internal/practices/{practice_id}"
    whose: dict[str, Any] = {"actor": service.actor, "practices": [practice_id]}
    try:
        found = await service.peers.call("agenda", "GET", f"{path}/calendars/{calendar_id}", **whose)
        return found["practice"]["name"], found["calendar"]["name"]
    except PeerProblem as problem:
        if problem.status != 404:
            raise
    found = await service.peers.call("agenda", "GET", path, **whose)
    return found["name"], "—"
