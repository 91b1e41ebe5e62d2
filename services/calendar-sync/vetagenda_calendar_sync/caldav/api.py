"""Opening a CalDAV calendar by a program: try the password, choose a calendar, connect."""

from uuid import UUID

from fastapi import Request, Response

from vetagenda_calendar_sync.caldav import connecting
from vetagenda_calendar_sync.caldav.credentials import Credentials
from vetagenda_calendar_sync.caldav.schemas import (
    CalDavAccount,
    CalDavCalendarsView,
    CalDavCalendarView,
    CalDavConsent,
)
from vetagenda_calendar_sync.links.api import CalendarWriter
from vetagenda_calendar_sync.links.rules import AlreadyLinked, WrongProvider
from vetagenda_calendar_sync.links.schemas import LinkView
from vetagenda_calendar_sync.pauses.rules import SyncPaused
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
    await connecting.waiting(service, practice_id, link_id)
    credentials = Credentials(account.user_name, account.password)
    found = await connecting.find(service, practice_id, account.server, credentials)
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
    link = await connecting.waiting(service, practice_id, link_id)
    credentials = Credentials(consent.user_name, consent.password)
    return await connecting.connect(service, link, consent.calendar_url, credentials, caller.actor)
