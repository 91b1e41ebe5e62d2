"""The set-up link that a practice hands out, and the page that it opens. A sealed pass stands for the key."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_calendar_sync.feeds import commands as feeds
from vetagenda_calendar_sync.feeds.api import address
from vetagenda_calendar_sync.feeds.schemas import NewFeed
from vetagenda_calendar_sync.links import commands as links
from vetagenda_calendar_sync.links import queries
from vetagenda_calendar_sync.links.api import CalendarWriter
from vetagenda_calendar_sync.links.rules import RUNNABLE
from vetagenda_calendar_sync.pauses.queries import check as check_pause
from vetagenda_calendar_sync.setup import page, rules
from vetagenda_calendar_sync.setup.answers import ENDED, OPEN, SEE_OTHER, Language, page_of
from vetagenda_calendar_sync.setup.page import HEADERS
from vetagenda_calendar_sync.setup.plain import ended, to_page
from vetagenda_calendar_sync.setup.rules import COOKIE, HOME, LIVES, Pass
from vetagenda_calendar_sync.setup.schemas import SetupLink
from vetagenda_calendar_sync.setup.session import Visiting
from vetagenda_calendar_sync.setup.tables import SetupOpening
from vetagenda_calendar_sync.status.languages import language_of
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import NotFound, Problem, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

router_ = router(tags=["calendar sync"], prefix="/v1/practices/{practice_id}/calendar-links/{link_id}")
public = router(tags=["calendar sync"], prefix=HOME)


@router_.post("/setup-link", status_code=201, responses=problems(NotFound))
async def create_setup_link(
    practice_id: UUID,
    link_id: UUID,
    _caller: CalendarWriter,
    session: Read,
    request: Request,
    response: Response,
) -> SetupLink:
    """An address for the vet: it opens once, within three days, the page on which the calendar is connected
    and which says how the link fares. No account is needed."""
    service: Service = request.app.state.service
    link = await queries.one(session, practice_id, link_id)
    sealed = Pass(practice_id, link.id, uuid7()).sealed("link", service.cipher)
    response.headers["Cache-Control"] = "no-store"
    url = f"{service.settings.public_url.rstrip('/')}{HOME}/open/{sealed}"
    return SetupLink(url=url, expires_at=system_now() + LIVES["link"])


@public.get("/open/{token}", response_class=HTMLResponse, responses=ENDED, openapi_extra=OPEN)
async def show_setup_link(token: str, request: Request, accept_language: Language = "") -> HTMLResponse:
    """A page with a button. Reading it changes nothing: messengers open every address."""
    service: Service = request.app.state.service
    opened = Pass.opened(token, "link", service.cipher)
    locale = await _locale(service, opened) if opened else None
    if locale is None:
        return ended(rules.language_wanted(accept_language))
    return HTMLResponse(page.opening(language_of(locale)), headers=HEADERS)


@public.post("/open/{token}", response_class=HTMLResponse, responses=SEE_OTHER, openapi_extra=OPEN)
async def open_setup_link(token: str, request: Request, accept_language: Language = "") -> Response:
    """Opens the page in this browser; the link is used up then."""
    service: Service = request.app.state.service
    opened = Pass.opened(token, "link", service.cipher)
    if opened is None or not await _use_up(service, opened):
        return ended(rules.language_wanted(accept_language))
    answer = to_page()
    answer.set_cookie(
        COOKIE,
        opened.sealed("session", service.cipher),
        max_age=int(LIVES["session"].total_seconds()),
        path=HOME,
        secure=service.settings.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    return answer


async def _locale(service: Service, opened: Pass) -> str | None:
    """The practice's; None when the link is gone."""
    async with service.db.reading([opened.practice_id]) as session:
        try:
            return (await queries.one(session, opened.practice_id, opened.link_id)).locale
        except NotFound:
            return None


async def _use_up(service: Service, opened: Pass) -> bool:
    """False when it was used before, or its link is gone."""
    async with service.db.writing([opened.practice_id]) as session:
        try:
            await queries.one(session, opened.practice_id, opened.link_id)
        except NotFound:
            return False
        row = {"id": opened.number, "practice_id": opened.practice_id, "link_id": opened.link_id}
        statement = insert(SetupOpening).values(**row, opened_at=system_now()).on_conflict_do_nothing()
        return (await session.execute(statement.returning(col(SetupOpening.id)))).first() is not None


@public.get("", response_class=HTMLResponse, responses=ENDED, openapi_extra=OPEN)
async def show_setup_page(
    visit: Visiting,
    problem: Annotated[str, Query(max_length=50)] = "",
) -> HTMLResponse:
    """What the link does, how it fares, and what the vet can do, in the practice's language."""
    return await page_of(visit, problem=problem)


@public.post("/sync", response_class=Response, responses=SEE_OTHER, openapi_extra=OPEN)
async def sync_on_setup_page(visit: Visiting) -> Response:
    """Asks for a cycle now."""
    try:
        async with visit.service.db.writing([visit.practice_id]) as session:
            link = await queries.one(session, *visit.ids, lock=True)
            await check_pause(session, link)
            if link.state in RUNNABLE:
                links.ask_for_cycle(session, link, system_now(), visit.actor)
    except Problem as problem:
        return to_page(problem.code)
    return to_page()


@public.post("/feed", response_class=HTMLResponse, responses=SEE_OTHER, openapi_extra=OPEN)
async def make_feed_on_setup_page(visit: Visiting) -> Response:
    """A new subscription address, as private as the link is; shown this once."""
    async with visit.service.db.writing([visit.practice_id]) as session:
        link = await queries.one(session, *visit.ids)
        order = NewFeed(calendar_id=link.calendar_id, privacy=link.privacy)
        _, secret = await feeds.create(session, visit.practice_id, order, system_now(), visit.actor)
    return await page_of(visit, feed_url=address(visit.service, secret))
