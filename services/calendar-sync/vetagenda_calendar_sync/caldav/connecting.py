"""Opening a CalDAV calendar, for a program and for the set-up page: try the password, choose, connect.

The other server is asked with no session open.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from uuid import UUID

from vetagenda_calendar_sync.caldav import discovery
from vetagenda_calendar_sync.caldav.client import FORBIDDEN, INVALID, KIND, DavClient
from vetagenda_calendar_sync.caldav.credentials import Credentials
from vetagenda_calendar_sync.caldav.discovery import Found
from vetagenda_calendar_sync.engine.ports import AccessWithdrawn, RemoteRefusal, RemoteTrouble
from vetagenda_calendar_sync.links import commands, queries
from vetagenda_calendar_sync.links.rules import WrongProvider
from vetagenda_calendar_sync.links.schemas import LinkView
from vetagenda_calendar_sync.pauses.queries import check as check_pause
from vetagenda_calendar_sync.providers.troubles import BROKEN_OFF, NO_CONNECTION, TIMEOUT
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.problems import InvalidRequest
from vetagenda_kit.service import Service

Why = Literal[
    "password",
    "nothing-there",
    "unsafe",
    "not-reached",
    "not-an-address",
    "refused",
    "no-answer",
    "read-only",
    "other-calendar",
]
OUR_OWN: dict[str, tuple[Why, str]] = {
    FORBIDDEN: (
        "not-reached",
        "the platform does not call this address: it has to be a public one with https",
    ),
    INVALID: ("not-an-address", "this is no address of a server"),
}
"""What is said of refusals that no server has uttered."""
TROUBLE: dict[str, str] = {
    TIMEOUT: "the server does not answer in time",
    NO_CONNECTION: "there is no connection to this server: check its address",
    BROKEN_OFF: "the server has broken the connection off: try again later",
}


class NotOpened(InvalidRequest):
    """`why` is for who says it in another language; it is about the password or else about the address."""

    def __init__(self, why: Why, pointer: str, detail: str) -> None:
        super().__init__(detail, errors=[{"pointer": pointer, "detail": detail}])
        self.why = why


async def waiting(service: Service, practice_id: UUID, link_id: UUID) -> CalendarLink:
    """The link, if the other side may be asked for it. Raises NotFound, SyncPaused, WrongProvider."""
    async with service.db.reading([practice_id]) as session:
        link = await queries.one(session, practice_id, link_id)
        await check_pause(session, link)
    if link.provider != "caldav":
        raise WrongProvider(f"this is a link with {link.provider}", provider=link.provider)
    return link


async def find(service: Service, practice_id: UUID, server: str, credentials: Credentials) -> list[Found]:
    """The calendars that this password opens for writing. Nothing is kept. Raises NotOpened."""
    async with _client(service, practice_id, credentials, "/server") as client:
        return await discovery.calendars(client, server)


async def connect(
    service: Service, before: CalendarLink, calendar_url: str, credentials: Credentials, actor: Actor
) -> LinkView:
    """With one of the calendars that were found; again with a new password: the link stays what it is.
    Raises NotOpened, AlreadyLinked, NotFound."""
    async with _client(service, before.practice_id, credentials, "/calendar_url") as client:
        found = await discovery.calendar(client, calendar_url)
    if not found.is_writable:
        raise NotOpened("read-only", "/calendar_url", "this person may not write in this calendar")
    if before.key is not None and before.remote_calendar_id != found.url:
        told = "this link belongs to another calendar: make a new link"
        raise NotOpened("other-calendar", "/calendar_url", told)
    sealed, now = credentials.sealed(service.cipher), system_now()
    async with service.db.writing([before.practice_id]) as session:
        link = await queries.one(session, before.practice_id, before.id, lock=True)
        await commands.connect(session, link, found.url, found.name, sealed, now, actor)
        return await queries.described(session, link, now)


@asynccontextmanager
async def _client(
    service: Service, practice_id: UUID, credentials: Credentials, pointer: str
) -> AsyncIterator[DavClient]:
    """What goes wrong over there is said of the field that it comes from."""
    meter = service.outward.of(practice_id, KIND)
    client = DavClient(service.settings, credentials, meter, tries=2)
    try:
        yield client
    except AccessWithdrawn as error:
        told = "the server refuses this user name and password"
        raise NotOpened("password", "/password", told) from error
    except discovery.NotFoundThere as error:
        told = "there is no CalDAV calendar at this address"
        raise NotOpened("nothing-there", pointer, told) from error
    except discovery.NoAddress as error:
        raise NotOpened("not-an-address", pointer, "this is no address of a server") from error
    except discovery.ClosedThere as error:
        told = "the server opens nothing at this address to this user"
        raise NotOpened("refused", pointer, told) from error
    except discovery.LedAstray as error:
        told = "this address leads to an unsafe or foreign one"
        raise NotOpened("unsafe", pointer, told) from error
    except RemoteRefusal as refusal:
        ours = OUR_OWN.get(refusal.reason)
        why, told = ours or ("refused", f"the server refuses the request with status {refusal.status}")
        raise NotOpened(why, pointer, told) from refusal
    except RemoteTrouble as trouble:
        told = TROUBLE.get(str(trouble), "the server does not answer as a CalDAV server: try again later")
        raise NotOpened("no-answer", pointer, told) from trouble
    finally:
        await client.close()
