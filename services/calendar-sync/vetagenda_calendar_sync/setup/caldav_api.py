"""The CalDAV form's two steps: a password is tried and shows its calendars, and one of them is linked.

Only the session's cookie lets in, and a browser does not send it along with another site's form (SameSite).
"""

from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from vetagenda_calendar_sync.caldav import connecting
from vetagenda_calendar_sync.caldav.connecting import NotOpened
from vetagenda_calendar_sync.caldav.credentials import Credentials
from vetagenda_calendar_sync.caldav.discovery import Found
from vetagenda_calendar_sync.caldav.schemas import CalDavAccount
from vetagenda_calendar_sync.setup.answers import OPEN, SEE_OTHER, Session, actor_of, page_of, to_page
from vetagenda_calendar_sync.setup.offers import Offer
from vetagenda_calendar_sync.setup.rules import HOME, Pass
from vetagenda_calendar_sync.setup.shown import Form
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.problems import Problem
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

public = router(tags=["calendar sync"], prefix=f"{HOME}/caldav")
MOST_FIELDS = 20


def _fields(*names: str) -> dict[str, Any]:
    """A form as browsers send it (WHATWG URL, 5.1), for the documents."""
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    content = {"application/x-www-form-urlencoded": {"schema": schema | {"required": list(names)}}}
    return {**OPEN, "requestBody": {"required": True, "content": content}}


@public.post(
    "",
    response_class=HTMLResponse,
    responses=SEE_OTHER,
    openapi_extra=_fields("server", "user_name", "password"),
)
async def find_calendars_on_setup_page(request: Request, vetagenda_setup: Session = "") -> Response:
    """Tries the password, and answers the page with the calendars that it opens. Nothing is kept."""
    service: Service = request.app.state.service
    opened = Pass.opened(vetagenda_setup, "session", service.cipher)
    if opened is None:
        return to_page()
    typed = await _typed(request)
    form = Form(typed.get("server", ""), typed.get("user_name", ""))
    try:
        account = CalDavAccount(**{name: typed.get(name, "") for name in CalDavAccount.model_fields})
    except ValidationError as error:
        wrong = {str(each["loc"][0]): _mistake(each["type"]) for each in error.errors(include_input=False)}
        return await page_of(service, opened, form=_again(form, **wrong))
    return await _found(service, opened, form, account)


async def _found(service: Service, opened: Pass, form: Form, account: CalDavAccount) -> Response:
    credentials = Credentials(account.user_name, account.password)
    try:
        link = await connecting.waiting(service, opened.practice_id, opened.link_id)
        found = _its_own(link, await connecting.find(service, account.server, credentials))
    except NotOpened as problem:
        return await page_of(service, opened, form=_again(form, **_about(problem)))
    except Problem as problem:
        return await page_of(service, opened, form=form, problem=problem.code)
    if not found:
        why = "nothing-there" if link.key is None else "other-calendar"
        return await page_of(service, opened, form=_again(form, server=why))
    offer = Offer.of(account.server, credentials, found)
    return await page_of(service, opened, form=_offered(service, opened, offer))


@public.post(
    "/calendar",
    response_class=HTMLResponse,
    responses=SEE_OTHER,
    openapi_extra=_fields("offer", "calendar"),
)
async def choose_calendar_on_setup_page(request: Request, vetagenda_setup: Session = "") -> Response:
    """Links the chosen calendar; the first cycle follows."""
    service: Service = request.app.state.service
    opened = Pass.opened(vetagenda_setup, "session", service.cipher)
    if opened is None:
        return to_page()
    typed = await _typed(request)
    offer = Offer.opened(typed.get("offer", ""), opened, service.cipher)
    if offer is None:
        return to_page("offer-ended")
    url = offer.chosen(typed.get("calendar", ""))
    if url is None:
        return await page_of(service, opened, form=_offered(service, opened, offer, calendar="choose"))
    return await _connected(service, opened, offer, url)


async def _connected(service: Service, opened: Pass, offer: Offer, url: str) -> Response:
    """What goes wrong leaves the vet at the step that it is about, with nothing lost but the password."""
    try:
        link = await connecting.waiting(service, opened.practice_id, opened.link_id)
        await connecting.connect(service, link, url, offer.credentials, actor_of(opened))
    except NotOpened as problem:
        if problem.why == "read-only":
            return await page_of(service, opened, form=_offered(service, opened, offer, calendar=problem.why))
        form = Form(offer.server, offer.credentials.user_name)
        return await page_of(service, opened, form=_again(form, **_about(problem)))
    except Problem as problem:
        return await page_of(service, opened, form=_offered(service, opened, offer), problem=problem.code)
    return to_page()


def _offered(service: Service, opened: Pass, offer: Offer, **wrong: str) -> Form:
    known = offer.server, offer.credentials.user_name
    return Form(*known, wrong, offer.names(), offer.sealed(opened, service.cipher))


def _its_own(link: CalendarLink, found: list[Found]) -> list[Found]:
    """A link stays with its calendar."""
    return [each for each in found if link.key is None or each.url == link.remote_calendar_id]


def _again(form: Form, **wrong: str) -> Form:
    return Form(form.server, form.user_name, wrong)


def _about(problem: NotOpened) -> dict[str, str]:
    return {"password" if problem.why == "password" else "server": problem.why}


def _mistake(kind: str) -> str:
    return "missing" if kind == "string_too_short" else "unusable"


async def _typed(request: Request) -> dict[str, str]:
    """The form's fields; none of what is no form."""
    body = (await request.body()).decode("utf-8", errors="replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}
