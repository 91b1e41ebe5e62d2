"""The CalDAV form's two steps: a password is tried and shows its calendars, and one of them is linked."""

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from vetagenda_calendar_sync.caldav import connecting
from vetagenda_calendar_sync.caldav.connecting import NotOpened
from vetagenda_calendar_sync.caldav.credentials import Credentials
from vetagenda_calendar_sync.caldav.discovery import Found
from vetagenda_calendar_sync.caldav.schemas import CalDavAccount
from vetagenda_calendar_sync.setup.answers import SEE_OTHER, page_of
from vetagenda_calendar_sync.setup.forms import fields, typed
from vetagenda_calendar_sync.setup.offers import Offer
from vetagenda_calendar_sync.setup.plain import to_page
from vetagenda_calendar_sync.setup.rules import HOME
from vetagenda_calendar_sync.setup.session import Visit, Visiting
from vetagenda_calendar_sync.setup.shown import Form
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.problems import Problem
from vetagenda_kit.routing import router

public = router(tags=["calendar sync"], prefix=f"{HOME}/caldav")


@public.post(
    "",
    response_class=HTMLResponse,
    responses=SEE_OTHER,
    openapi_extra=fields("server", "user_name", "password"),
)
async def find_calendars_on_setup_page(visit: Visiting, request: Request) -> Response:
    """Tries the password, and answers the page with the calendars that it opens. Nothing is kept."""
    given = await typed(request)
    form = Form(given.get("server", ""), given.get("user_name", ""))
    try:
        account = CalDavAccount(**{name: given.get(name, "") for name in CalDavAccount.model_fields})
    except ValidationError as error:
        wrong = {str(each["loc"][0]): _mistake(each["type"]) for each in error.errors(include_input=False)}
        return await page_of(visit, form=_again(form, **wrong))
    return await _found(visit, form, account)


async def _found(visit: Visit, form: Form, account: CalDavAccount) -> Response:
    credentials = Credentials(account.user_name, account.password)
    try:
        link = await connecting.waiting(visit.service, *visit.ids)
        opened = await connecting.find(visit.service, link.practice_id, account.server, credentials)
        found = _its_own(link, opened)
    except NotOpened as problem:
        return await page_of(visit, form=_again(form, **_about(problem)))
    except Problem as problem:
        return await page_of(visit, form=form, problem=problem.code)
    if not found:
        why = "nothing-there" if link.key is None else "other-calendar"
        return await page_of(visit, form=_again(form, server=why))
    offer = Offer.of(account.server, credentials, found)
    return await page_of(visit, form=_offered(visit, offer))


@public.post(
    "/calendar",
    response_class=HTMLResponse,
    responses=SEE_OTHER,
    openapi_extra=fields("offer", "calendar"),
)
async def choose_calendar_on_setup_page(visit: Visiting, request: Request) -> Response:
    """Links the chosen calendar; the first cycle follows."""
    given = await typed(request)
    offer = Offer.opened(given.get("offer", ""), visit.whose, visit.service.cipher)
    if offer is None:
        return to_page("offer-ended")
    url = offer.chosen(given.get("calendar", ""))
    if url is None:
        return await page_of(visit, form=_offered(visit, offer, calendar="choose"))
    return await _connected(visit, offer, url)


async def _connected(visit: Visit, offer: Offer, url: str) -> Response:
    """What goes wrong leaves the vet at the step that it is about, with nothing lost but the password."""
    try:
        link = await connecting.waiting(visit.service, *visit.ids)
        await connecting.connect(visit.service, link, url, offer.credentials, visit.actor)
    except NotOpened as problem:
        if problem.why == "read-only":
            return await page_of(visit, form=_offered(visit, offer, calendar=problem.why))
        form = Form(offer.server, offer.credentials.user_name)
        return await page_of(visit, form=_again(form, **_about(problem)))
    except Problem as problem:
        return await page_of(visit, form=_offered(visit, offer), problem=problem.code)
    return to_page()


def _offered(visit: Visit, offer: Offer, **wrong: str) -> Form:
    known = offer.server, offer.credentials.user_name
    return Form(*known, wrong, offer.names(), offer.sealed(visit.whose, visit.service.cipher))


def _its_own(link: CalendarLink, found: list[Found]) -> list[Found]:
    """A link stays with its calendar."""
    return [each for each in found if link.key is None or each.url == link.remote_calendar_id]


def _again(form: Form, **wrong: str) -> Form:
    return Form(form.server, form.user_name, wrong)


def _about(problem: NotOpened) -> dict[str, str]:
    return {"password" if problem.why == "password" else "server": problem.why}


def _mistake(kind: str) -> str:
    return "missing" if kind == "string_too_short" else "unusable"
