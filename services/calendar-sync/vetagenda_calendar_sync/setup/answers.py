"""What the set-up page's routes share: who comes, and with which page they are answered."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Cookie, Header
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select
from sqlmodel import col

from vetagenda_calendar_sync.feeds.tables import CalendarFeed
from vetagenda_calendar_sync.google.consent import asked_scopes
from vetagenda_calendar_sync.google.scopes import allowance
from vetagenda_calendar_sync.links import queries
from vetagenda_calendar_sync.setup import page
from vetagenda_calendar_sync.setup.page import HEADERS
from vetagenda_calendar_sync.setup.rules import COOKIE, HOME, Pass
from vetagenda_calendar_sync.setup.shown import Form, Shown
from vetagenda_calendar_sync.status.words import language_of
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import NotFound
from vetagenda_kit.service import Service

OPEN: dict[str, Any] = {"security": []}
SEE_OTHER: dict[int | str, dict[str, Any]] = {303: {"description": "To the page."}}
Session = Annotated[str, Cookie(alias=COOKIE, max_length=1000)]
Language = Annotated[str, Header(alias="accept-language", max_length=500)]


def actor_of(opened: Pass) -> Actor:
    return Actor(kind="user", id=f"setup-page:{opened.link_id}")


def to_page(problem: str = "") -> RedirectResponse:
    return RedirectResponse(f"{HOME}?problem={problem}" if problem else HOME, 303, headers=HEADERS)


def ended(language: str) -> HTMLResponse:
    return HTMLResponse(page.ended(language), 410, headers=HEADERS)


async def page_of(
    service: Service, opened: Pass, *, feed_url: str = "", problem: str = "", form: Form | None = None
) -> HTMLResponse:
    """422 when the form came back with something wrong in it."""
    async with service.db.reading([opened.practice_id]) as session:
        try:
            link = await queries.one(session, opened.practice_id, opened.link_id)
        except NotFound:
            return ended("fr")
        view = await queries.described(session, link, system_now())
        read = select(col(CalendarFeed.last_read_at)).where(col(CalendarFeed.calendar_id) == link.calendar_id)
        known = list((await session.scalars(read)).all())
    practice, calendar = await _names(service, link.practice_id, link.calendar_id)
    shown = Shown(
        view, practice, calendar, link.time_zone, language_of(link.locale), known, _allows(service, link),
        feed_url, problem, form,
    )  # fmt: skip
    return HTMLResponse(page.page(shown), 422 if form and form.wrong else 200, headers=HEADERS)


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
