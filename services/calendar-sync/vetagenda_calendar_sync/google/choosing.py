"""The choice of a calendar after the consent, for a program and for the set-up page.

Google is asked with no session open.
"""

from uuid import UUID

from vetagenda_calendar_sync.google import consent
from vetagenda_calendar_sync.google.connection import GoogleConnection
from vetagenda_calendar_sync.google.consent import OwnCalendar
from vetagenda_calendar_sync.google.scopes import CHOICE_IS_OPEN
from vetagenda_calendar_sync.links import commands, queries
from vetagenda_calendar_sync.links.rules import AccessEnded, NothingToChoose
from vetagenda_calendar_sync.links.schemas import LinkView
from vetagenda_calendar_sync.pauses.queries import check as check_pause
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.service import Service


class NoSuchChoice(NothingToChoose):
    """What was chosen is not in the list, or only to be read."""


async def calendars(service: Service, practice_id: UUID, link_id: UUID) -> list[OwnCalendar]:
    """All of the person who has consented, for a link that waits for the choice.
    Raises NotFound, NothingToChoose, SyncPaused, ConsentFailed, GoogleAway, AccessEnded."""
    return await _asked(service, await _waiting(service, practice_id, link_id))


async def choose(
    service: Service, practice_id: UUID, link_id: UUID, calendar_id: str, actor: Actor
) -> LinkView:
    """The first cycle follows. Raises as `calendars`, and NoSuchChoice, AlreadyLinked."""
    before = await _waiting(service, practice_id, link_id)
    listed = await _asked(service, before)
    chosen = next((each for each in listed if each.id == calendar_id and each.is_writable), None)
    if chosen is None:
        raise NoSuchChoice("this account has no such calendar that it may write to")
    async with service.db.writing([practice_id]) as session:
        link = await queries.one(session, practice_id, link_id, lock=True)
        tokens, now = _open(link), system_now()
        if link.consent_used_at != before.consent_used_at:
            raise NoSuchChoice("somebody has just given access to another account: list its calendars")
        await commands.connect(session, link, chosen.id, chosen.title, tokens, now, actor)
        return await queries.described(session, link, now)


async def _waiting(service: Service, practice_id: UUID, link_id: UUID) -> CalendarLink:
    async with service.db.reading([practice_id]) as reading:
        link = await queries.one(reading, practice_id, link_id)
        _open(link)
        await check_pause(reading, link)
    return link


def _open(link: CalendarLink) -> bytes:
    if link.tokens is None or (link.state, link.state_reason) != ("connecting", CHOICE_IS_OPEN):
        raise NothingToChoose()
    return link.tokens


async def _asked(service: Service, link: CalendarLink) -> list[OwnCalendar]:
    """The link runs no cycle yet, so nobody else renews its tokens."""
    try:
        return await consent.own_calendars(service, link, GoogleConnection(service, link).keep)
    except AccessEnded:
        await _forget(service, link)
        raise


async def _forget(service: Service, before: CalendarLink) -> None:
    """Who took the access back consents again, and the link says so. A consent given meanwhile stays."""
    now, actor = system_now(), Actor(kind="user", id=f"google-consent:{before.id}")
    async with service.db.writing([before.practice_id]) as session:
        link = await queries.one(session, before.practice_id, before.id, lock=True)
        if link.consent_used_at == before.consent_used_at and link.state_reason == CHOICE_IS_OPEN:
            link.tokens = None
            await commands.set_state(session, link, "connecting", None, now, actor)
