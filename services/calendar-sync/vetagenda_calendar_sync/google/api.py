"""Google's consent: there and back."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

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
from vetagenda_calendar_sync.links.rules import (
    AlreadyLinked,
    ConsentFailed,
    GoogleNotConfigured,
    WrongProvider,
)
from vetagenda_calendar_sync.links.schemas import ConsentView, LinkView
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read
from vetagenda_kit.problems import NotFound, problems
from vetagenda_kit.request_rules import FURTHER_PARAMETERS
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

router_ = router(tags=["calendar sync"], prefix="/v1/practices/{practice_id}/calendar-links/google")


@router_.get("/start", responses=problems(NotFound, GoogleNotConfigured, WrongProvider))
async def start_google_consent(
    practice_id: UUID,
    calendar_link_id: UUID,
    _caller: CalendarWriter,
    session: Read,
    request: Request,
    response: Response,
) -> ConsentView:
    """The address of Google's consent page for this link; send the person's browser there."""
    service: Service = request.app.state.service
    if not service.settings.google_client_id:
        raise GoogleNotConfigured()
    link = await queries.one(session, practice_id, calendar_link_id)
    if link.provider != "google":
        raise WrongProvider(f"this is a link with {link.provider}", provider=link.provider)
    state = new_state(practice_id, link.id)
    response.headers["Cache-Control"] = "no-store"
    url = consent_address(service.settings, _redirect(service, practice_id), state, service.cipher)
    return ConsentView(url=url)


@router_.get(
    "/callback",
    openapi_extra={"security": [], **FURTHER_PARAMETERS},  # RFC 6749, 4.1.2: those unknown MUST be ignored
    responses=problems(ConsentFailed, NotFound, AlreadyLinked),
)
async def finish_google_consent(
    practice_id: UUID,
    request: Request,
    state: str,
    code: str = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> LinkView:
    """Where Google sends the browser back. The sealed state stands for the caller: no key is needed."""
    service: Service = request.app.state.service
    opened = State.opened(state, service.cipher)
    if opened.practice_id != practice_id:
        raise NotFound("there is no such calendar link")
    if error or not code:
        raise ConsentFailed(f"Google says: {error or 'no code'}")
    async with service.db.reading([practice_id]) as reading:
        wanted = (await queries.one(reading, practice_id, opened.link_id)).remote_calendar_id
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
