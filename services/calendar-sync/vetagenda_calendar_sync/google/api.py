"""Google's consent: there and back, and the choice of a calendar."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Request, Response

from vetagenda_calendar_sync.google import choosing, consent
from vetagenda_calendar_sync.google.authorization import State, consent_address, exchange, new_state
from vetagenda_calendar_sync.google.client import KIND
from vetagenda_calendar_sync.google.consent import Allowed
from vetagenda_calendar_sync.google.schemas import CalendarChoice, GoogleCalendarsView, GoogleCalendarView
from vetagenda_calendar_sync.google.scopes import CHOICE_IS_OPEN
from vetagenda_calendar_sync.links import commands, queries
from vetagenda_calendar_sync.links.api import CalendarWriter
from vetagenda_calendar_sync.links.rules import (
    AccessEnded,
    AlreadyLinked,
    ConsentFailed,
    GoogleAway,
    GoogleNotConfigured,
    NothingToChoose,
    WrongAccount,
    WrongProvider,
)
from vetagenda_calendar_sync.links.schemas import ConsentView, LinkView
from vetagenda_calendar_sync.pauses.queries import check as check_pause
from vetagenda_calendar_sync.pauses.rules import SyncPaused
from vetagenda_calendar_sync.setup import returning
from vetagenda_calendar_sync.setup.rules import wants_page
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read, WriteSession
from vetagenda_kit.problems import NotFound, Problem, problems
from vetagenda_kit.request_rules import FURTHER_PARAMETERS
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

router_ = router(tags=["calendar sync"], prefix="/v1/practices/{practice_id}/calendar-links/google")
NO_CHOICE = (AccessEnded, ConsentFailed, GoogleAway, NotFound, NothingToChoose, SyncPaused)


@router_.get("/start", responses=problems(NotFound, GoogleNotConfigured, WrongProvider))
async def start_google_consent(
    practice_id: UUID,
    calendar_link_id: UUID,
    _caller: CalendarWriter,
    session: Read,
    request: Request,
    response: Response,
) -> ConsentView:
    """The address of Google's consent page for this link; send the person's browser there. It asks for the
    least that the link needs: with a calendar of its own (`new`) the platform sees no other calendar."""
    link = await queries.one(session, practice_id, calendar_link_id)
    response.headers["Cache-Control"] = "no-store"
    return ConsentView(url=consent_page(request.app.state.service, link))


def consent_page(service: Service, link: CalendarLink, *, on_page: bool = False) -> str:
    """`on_page`: the person goes there from the set-up page, and back to it.
    Raises GoogleNotConfigured, WrongProvider."""
    if not service.settings.google_client_id:
        raise GoogleNotConfigured()
    if link.provider != "google":
        raise WrongProvider(f"this is a link with {link.provider}", provider=link.provider)
    state, scopes = new_state(link.practice_id, link.id, on_page=on_page), consent.asked_scopes(service, link)
    redirect = _redirect(service, link.practice_id)
    account = consent.hinted_account(link)
    return consent_address(service.settings, redirect, state, scopes, service.cipher, account)


@router_.get(
    "/callback",
    openapi_extra={"security": [], **FURTHER_PARAMETERS},  # RFC 6749, 4.1.2: those unknown MUST be ignored
    response_model=LinkView,
    responses={
        303: {"description": "A person's browser goes on to the set-up page."},
        **problems(AccessEnded, AlreadyLinked, ConsentFailed, WrongAccount, GoogleAway, NotFound, SyncPaused),
    },
)
async def finish_google_consent(
    practice_id: UUID,
    request: Request,
    state: str,
    code: str = "",
    error: Annotated[str, Query(max_length=200)] = "",
    accept: Annotated[str, Header(max_length=1000)] = "",
    accept_language: Annotated[str, Header(max_length=500)] = "",
) -> LinkView | Response:
    """Where Google sends the browser back. The sealed state stands for the caller: no key is needed.
    A browser is shown a page: the set-up page if the person left from there, or else one that says what was
    done."""
    service: Service = request.app.state.service
    if not wants_page(accept):
        return await _finish(service, practice_id, state, code, error)
    problem: Problem | None = None
    try:
        await _finish(service, practice_id, state, code, error)
    except Problem as found:
        problem = found
    return await returning.answer(service, state, problem, accept_language)


async def _finish(service: Service, practice_id: UUID, state: str, code: str, error: str) -> LinkView:
    opened = State.opened(state, service.cipher)
    if opened.practice_id != practice_id:
        raise NotFound("there is no such calendar link")
    if error or not code:
        raise ConsentFailed(f"Google says: {error or 'no code'}")
    async with service.db.reading([practice_id]) as reading:
        link = await queries.one(reading, practice_id, opened.link_id)
        await check_pause(reading, link)
    opened.check_unused(link.consent_used_at)
    scopes, redirect = consent.asked_scopes(service, link), _redirect(service, practice_id)
    meter = service.outward.of(practice_id, KIND)
    tokens = await exchange(service.settings, code, redirect, opened, scopes, meter)
    zone = await _time_zone(service, practice_id)
    found = await consent.allowed(service, link, tokens, zone)
    async with service.db.writing([practice_id]) as session:
        link = await queries.one(session, practice_id, opened.link_id, lock=True)
        opened.check_unused(link.consent_used_at)
        link.consent_used_at, link.account = opened.issued_at, found.account
        await _connect(session, link, found, found.tokens.sealed(service.cipher))
        return await queries.described(session, link, system_now())


@router_.get("/calendars", responses=problems(*NO_CHOICE))
async def list_google_calendars(
    practice_id: UUID, calendar_link_id: UUID, caller: CalendarWriter, request: Request, response: Response
) -> GoogleCalendarsView:
    """The calendars of the person who has consented, to choose one of (`remote_calendar_id: "choose"`)."""
    response.headers["Cache-Control"] = "no-store"
    listed = await choosing.calendars(request.app.state.service, practice_id, calendar_link_id)
    return GoogleCalendarsView(items=[GoogleCalendarView.model_validate(each) for each in listed])


@router_.post("/calendar", responses=problems(AlreadyLinked, *NO_CHOICE))
async def choose_google_calendar(
    practice_id: UUID, choice: CalendarChoice, caller: CalendarWriter, request: Request
) -> LinkView:
    """Link the chosen calendar; the first cycle follows."""
    service: Service = request.app.state.service
    wanted = choice.remote_calendar_id
    return await choosing.choose(service, practice_id, choice.calendar_link_id, wanted, caller.actor)


async def _connect(session: WriteSession, link: CalendarLink, allowed: Allowed, tokens: bytes) -> None:
    now, actor = system_now(), Actor(kind="user", id=f"google-consent:{link.id}")
    if allowed.calendar_id is not None:
        await commands.connect(session, link, allowed.calendar_id, allowed.title, tokens, now, actor)
        return
    link.tokens = tokens
    await commands.set_state(session, link, "connecting", CHOICE_IS_OPEN, now, actor)


async def _time_zone(service: Service, practice_id: UUID) -> str:
    """A calendar of our own shows the practice's hours."""
    answer = await service.peers.call(
        "agenda",
        "POST",
        f"/internal/practices/{practice_id}/appointments/facts",
        actor=service.actor,
        practices=[practice_id],
        json={"appointment_ids": []},
    )
    return str(answer["practice"]["time_zone"])


def _redirect(service: Service, practice_id: UUID) -> str:
    base = service.settings.public_url.rstrip("/")
    return f"{base}/v1/practices/{practice_id}/calendar-links/google/callback"
