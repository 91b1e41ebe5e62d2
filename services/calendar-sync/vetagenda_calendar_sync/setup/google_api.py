"""Connecting Google on the set-up page: to the consent, and the choice of a calendar after it."""

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from vetagenda_calendar_sync.google import choosing
from vetagenda_calendar_sync.google.api import consent_page
from vetagenda_calendar_sync.google.choosing import NoSuchChoice
from vetagenda_calendar_sync.links import queries
from vetagenda_calendar_sync.links.rules import NothingToChoose
from vetagenda_calendar_sync.pauses.queries import check as check_pause
from vetagenda_calendar_sync.setup.answers import OPEN, SEE_OTHER, page_of
from vetagenda_calendar_sync.setup.forms import fields, typed
from vetagenda_calendar_sync.setup.page import HEADERS
from vetagenda_calendar_sync.setup.plain import to_page
from vetagenda_calendar_sync.setup.rules import HOME
from vetagenda_calendar_sync.setup.session import Visiting
from vetagenda_calendar_sync.setup.shown import Form
from vetagenda_kit.problems import Problem
from vetagenda_kit.routing import router

public = router(tags=["calendar sync"], prefix=f"{HOME}/google")


@public.get("", response_class=Response, responses=SEE_OTHER, openapi_extra=OPEN)
async def connect_google_on_setup_page(visit: Visiting) -> Response:
    """To Google's consent page, and from there back to the set-up page."""
    try:
        async with visit.service.db.reading([visit.practice_id]) as session:
            link = await queries.one(session, *visit.ids)
            await check_pause(session, link)
        return RedirectResponse(consent_page(visit.service, link, on_page=True), 303, headers=HEADERS)
    except Problem as problem:
        return to_page(problem.code)


@public.post("/calendar", response_class=HTMLResponse, responses=SEE_OTHER, openapi_extra=fields("calendar"))
async def choose_google_calendar_on_setup_page(visit: Visiting, request: Request) -> Response:
    """Links the chosen calendar; the first cycle follows."""
    wanted = (await typed(request)).get("calendar", "")
    try:
        await choosing.choose(visit.service, *visit.ids, wanted, visit.actor)
    except NoSuchChoice:
        return await page_of(visit, form=Form(wrong={"calendar": "choose"}))
    except NothingToChoose:
        return to_page()  # pressed twice: the page shows what the first time did
    except Problem as problem:
        return to_page(problem.code)
    return to_page()
