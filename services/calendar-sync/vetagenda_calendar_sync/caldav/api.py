"""Opening a CalDAV calendar: try the password, choose a calendar, connect."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from fastapi import Request, Response

from vetagenda_calendar_sync.caldav import discovery
from vetagenda_calendar_sync.caldav.client import DavClient
from vetagenda_calendar_sync.caldav.credentials import Credentials
from vetagenda_calendar_sync.caldav.schemas import (
    CalDavAccount,
    CalDavCalendarsView,
    CalDavCalendarView,
    CalDavConsent,
)
from vetagenda_calendar_sync.engine.ports import AccessWithdrawn, RemoteRefusal, RemoteTrouble
from vetagenda_calendar_sync.links import commands, queries
from vetagenda_calendar_sync.links.api import CalendarWriter
from vetagenda_calendar_sync.links.rules import AlreadyLinked, WrongProvider
from vetagenda_calendar_sync.links.schemas import LinkView
from vetagenda_calendar_sync.pauses.queries import check as check_pause
from vetagenda_calendar_sync.pauses.rules import SyncPaused
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.clock import system_now
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

router_ = router(tags=["calendar sync"], prefix="/v1/practices/{practice_id}/calendar-links/{link_id}/caldav")


@router_.post("/calendars", responses=problems(InvalidRequest, NotFound, WrongProvider, SyncPaused))
async def find_caldav_calendars(
    practice_id: UUID,
    link_id: UUID,
    account: CalDavAccount,
    _caller: CalendarWriter,
    request: Request,
    response: Response,
) -> CalDavCalendarsView:
    """Try a password and list the calendars that it opens. Nothing is kept."""
    service: Service = request.app.state.service
    await _link(service, practice_id, link_id)
    async with _client(service, account, "/server") as client:
        found = await discovery.calendars(client, account.server)
    response.headers["Cache-Control"] = "no-store"
    return CalDavCalendarsView(items=[CalDavCalendarView.model_validate(each) for each in found])


@router_.post(
    "/connect", responses=problems(AlreadyLinked, InvalidRequest, NotFound, WrongProvider, SyncPaused)
)
async def connect_caldav_calendar(
    practice_id: UUID, link_id: UUID, consent: CalDavConsent, caller: CalendarWriter, request: Request
) -> LinkView:
    """Connect the link to one of these calendars. Again with a new password: the link stays what it is."""
    service: Service = request.app.state.service
    before = await _link(service, practice_id, link_id)
    async with _client(service, consent, "/calendar_url") as client:
        found = await discovery.calendar(client, consent.calendar_url)
    if not found.is_writable:
        raise InvalidRequest.at("/calendar_url", "this person may not write in this calendar")
    if before.key is not None and before.remote_calendar_id != found.url:
        raise InvalidRequest.at("/calendar_url", "this link belongs to another calendar: make a new link")
    credentials = Credentials(consent.user_name, consent.password).sealed(service.cipher)
    now = system_now()
    async with service.db.writing([practice_id]) as session:
        link = await queries.one(session, practice_id, link_id, lock=True)
        await commands.connect(session, link, found.url, credentials, now, caller.actor)
        return await queries.described(session, link, now)


async def _link(service: Service, practice_id: UUID, link_id: UUID) -> CalendarLink:
    async with service.db.reading([practice_id]) as session:
        link = await queries.one(session, practice_id, link_id)
        await check_pause(session, link)
    if link.provider != "caldav":
        raise WrongProvider(f"this is a link with {link.provider}", provider=link.provider)
    return link


@asynccontextmanager
async def _client(
    service: Service, account: CalDavAccount | CalDavConsent, pointer: str
) -> AsyncIterator[DavClient]:
    """What goes wrong over there is said of the field that it comes from."""
    client = DavClient(service.settings, Credentials(account.user_name, account.password), tries=2)
    try:
        yield client
    except AccessWithdrawn as error:
        raise InvalidRequest.at("/password", "the server refuses this user name and password") from error
    except discovery.NotFoundThere as error:
        raise InvalidRequest.at(pointer, "there is no CalDAV calendar at this address") from error
    except discovery.LedAstray as error:
        raise InvalidRequest.at(pointer, "this address leads to an unsafe or foreign one") from error
    except RemoteRefusal as refusal:
        raise InvalidRequest.at(pointer, f"the server refuses: {refusal}") from refusal
    except RemoteTrouble as trouble:
        raise InvalidRequest.at(pointer, f"the server does not answer as CalDAV: {trouble}") from trouble
    finally:
        await client.close()
