"""Google's consent: there and back."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Request, Response
from fastapi.responses import RedirectResponse

from vetagenda_calendar_sync.engine.ports import AccessWithdrawn, RemoteRefusal, RemoteTrouble
from vetagenda_calendar_sync.google.authorization import (
    GoogleTokens,
    State,
    consent_address,
    exchange,
    new_state,
)
from vetagenda_calendar_sync.google.client import GoogleApi
from vetagenda_calendar_sync.links import commands, queries
from vetagenda_calendar_sync.links.api import CalendarWriter
from vetagenda_calendar_sync.links.rules import AlreadyLinked, ConsentFailed, GoogleNotConfigured
from vetagenda_calendar_sync.links.schemas import ConsentView, LinkView
from vetagenda_calendar_sync.pauses.queries import check as check_pause
from vetagenda_calendar_sync.pauses.rules import SyncPaused
from vetagenda_calendar_sync.setup.rules import HOME, wants_page
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read
from vetagenda_kit.problems import NotFound, Problem, problems
from vetagenda_kit.request_rules import FURTHER_PARAMETERS
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

router_ = router(tags=["calendar sync"], prefix="/v1/practices/{practice_id}/calendar-links/google")


@router_.get("/start", responses=problems(NotFound, GoogleNotConfigured))
async def start_google_consent(
    practice_id: UUID,
    calendar_link_id: UUID,
    _caller: CalendarWriter,
    session: Read,
    request: Request,
    response: Response,
) -> ConsentView:
    """The address of Google's consent page for this link; send the person's browser there."""
    link = await queries.one(session, practice_id, calendar_link_id)
    response.headers["Cache-Control"] = "no-store"
    return ConsentView(url=consent_page(request.app.state.service, link))


def consent_page(service: Service, link: CalendarLink) -> str:
    """Raises GoogleNotConfigured."""
    if not service.settings.google_client_id:
        raise GoogleNotConfigured()
    state, redirect = new_state(link.practice_id, link.id), _redirect(service, link.practice_id)
    return consent_address(service.settings, redirect, state, service.cipher)


@router_.get(
    "/callback",
    openapi_extra={"security": [], **FURTHER_PARAMETERS},  # RFC 6749, 4.1.2: those unknown MUST be ignored
    response_model=LinkView,
    responses={
        303: {"description": "A person's browser goes on to the set-up page."},
        **problems(ConsentFailed, NotFound, AlreadyLinked, SyncPaused),
    },
)
async def finish_google_consent(
    practice_id: UUID,
    request: Request,
    state: str,
    code: str = "",
    error: Annotated[str, Query(max_length=200)] = "",
    accept: Annotated[str, Header(max_length=1000)] = "",
) -> LinkView | RedirectResponse:
    """Where Google sends the browser back. The sealed state stands for the caller: no key is needed."""
    service: Service = request.app.state.service
    try:
        linked = await _finish(service, practice_id, state, code, error)
    except Problem as problem:
        if wants_page(accept):
            return RedirectResponse(f"{HOME}?problem={problem.code}", 303)
        raise
    return RedirectResponse(HOME, 303) if wants_page(accept) else linked


async def _finish(service: Service, practice_id: UUID, state: str, code: str, error: str) -> LinkView:
    opened = State.opened(state, service.cipher)
    if opened.practice_id != practice_id:
        raise NotFound("there is no such calendar link")
    if error or not code:
        raise ConsentFailed(f"Google says: {error or 'no code'}")
    async with service.db.reading([practice_id]) as reading:
        found = await queries.one(reading, practice_id, opened.link_id)
        await check_pause(reading, found)
    wanted = found.remote_calendar_id
    tokens = await exchange(service.settings, code, _redirect(service, practice_id), opened)
    calendar_id, tokens = await _resolved(service, tokens, wanted or "primary")
    now, actor = system_now(), Actor(kind="user", id=f"google-consent:{opened.link_id}")
    async with service.db.writing([practice_id]) as session:
        link = await queries.one(session, practice_id, opened.link_id, lock=True)
        await commands.connect(session, link, calendar_id, tokens.sealed(service.cipher), now, actor)
        return await queries.described(session, link, now)


async def _resolved(service: Service, tokens: GoogleTokens, calendar_id: str) -> tuple[str, GoogleTokens]:
    """The calendar's lasting id, which also proves that this person may use it."""
    api = GoogleApi(service.settings, tokens)
    try:
        return await api.resolve(calendar_id), api.tokens
    except (RemoteRefusal, RemoteTrouble, AccessWithdrawn) as trouble:
        raise ConsentFailed("the calendar cannot be opened with this consent") from trouble
    finally:
        await api.close()


def _redirect(service: Service, practice_id: UUID) -> str:
    base = service.settings.public_url.rstrip("/")
    return f"{base}/v1/practices/{practice_id}/calendar-links/google/callback"
