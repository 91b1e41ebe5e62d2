"""After the consent: which calendar the person has allowed, and whose account that is."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from vetagenda_calendar_sync.engine.ports import (
    AccessWithdrawn,
    RemoteRefusal,
    RemoteTrouble,
    UnknownShape,
)
from vetagenda_calendar_sync.google.authorization import GoogleTokens
from vetagenda_calendar_sync.google.client import KIND, PEOPLE, GoogleApi, Keep
from vetagenda_calendar_sync.google.door import Door
from vetagenda_calendar_sync.google.scopes import CHOOSE, LIST_READ, NEW, scopes_for
from vetagenda_calendar_sync.links.rules import AccessEnded, ConsentFailed, GoogleAway, WrongAccount
from vetagenda_calendar_sync.providers.checking import read_as_known
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.service import Service

TITLE = "vetagenda"
MADE_CALENDAR = "@group.calendar.google.com"
WRITABLE = frozenset({"owner", "writer"})


@dataclass(frozen=True)
class Allowed:
    """`calendar_id` is the calendar's lasting id, None while the person has still to choose one. `account` is
    a digest: links of one account share a budget and an access, and the address is not needed for that."""

    calendar_id: str | None
    title: str
    account: str | None
    tokens: GoogleTokens


@dataclass(frozen=True)
class OwnCalendar:
    """One line of a person's list of calendars."""

    id: str
    title: str
    is_primary: bool
    is_writable: bool


def asked_scopes(service: Service, link: CalendarLink) -> frozenset[str]:
    """Who consents again is asked for what was granted before, so that the link stays what it is."""
    if link.tokens is not None:
        known = GoogleTokens.opened(link.tokens, service.cipher).scope
        if known:
            return frozenset(known.split())
    return scopes_for(link.remote_calendar_id or CHOOSE)


def hinted_account(link: CalendarLink) -> str | None:
    """Who has to consent again, where the link knows it: a person's own calendar is called as the account."""
    known = link.remote_calendar_id if link.key is not None else None
    return known if known and "@" in known and not known.endswith(MADE_CALENDAR) else None


async def allowed(service: Service, link: CalendarLink, tokens: GoogleTokens, time_zone: str) -> Allowed:
    """Asks Google, which also proves that this person may use the calendar.
    Raises ConsentFailed, WrongAccount, GoogleAway, AccessEnded."""
    try:
        return await _allowed(service, link, tokens, time_zone)
    except ConsentFailed as failed:
        if link.key is None:
            raise
        told = "this Google account cannot open the linked calendar: agree with the one it was linked with"
        raise WrongAccount(told) from failed


async def _allowed(service: Service, link: CalendarLink, tokens: GoogleTokens, time_zone: str) -> Allowed:
    wanted = link.remote_calendar_id or CHOOSE
    async with _asking(service, link, tokens, str(link.id)) as api:
        if wanted == NEW:
            made = await api.ask("calendars", "insert", {}, {"summary": TITLE, "timeZone": time_zone})
            return Allowed(str(made["id"]), TITLE, _digest(made.get("dataOwner")), api.tokens)
        if LIST_READ in tokens.scope.split():
            listed = await _listed(api)
            account = next((each.id for each in listed if each.is_primary), None)
            if wanted == CHOOSE:
                return Allowed(None, "", _digest(account), api.tokens)
            chosen = _one(listed, wanted)
            return Allowed(chosen.id, chosen.title, _digest(account), api.tokens)
        if wanted.endswith(MADE_CALENDAR) and "app.created" in tokens.scope:
            found = await api.ask("calendars", "get", {"calendarId": wanted})
            return Allowed(str(found["id"]), _title(found), _digest(found.get("dataOwner")), api.tokens)
        found = await api.ask("calendars", "get", {"calendarId": wanted})
        own = found if wanted == "primary" else await api.ask("calendars", "get", {"calendarId": "primary"})
        return Allowed(str(found["id"]), _title(found), _digest(own["id"]), api.tokens)


async def own_calendars(service: Service, link: CalendarLink, keep: Keep) -> list[OwnCalendar]:
    """What the person may choose from. Raises ConsentFailed, GoogleAway, AccessEnded."""
    assert link.tokens is not None
    tokens = GoogleTokens.opened(link.tokens, service.cipher)
    async with _asking(service, link, tokens, link.account or str(link.id), keep) as api:
        return await _listed(api)


@asynccontextmanager
async def _asking(
    service: Service, link: CalendarLink, tokens: GoogleTokens, account: str, keep: Keep | None = None
) -> AsyncIterator[GoogleApi]:
    """While a person waits: not as patient as a cycle."""
    meter = service.outward.of(link.practice_id, KIND)
    api = GoogleApi(service.settings, Door.of(service), tokens, account, meter, keep, PEOPLE)
    try:
        with read_as_known("remote"):
            yield api
    except RemoteRefusal as refusal:
        raise ConsentFailed("the calendar cannot be opened with this consent") from refusal
    except AccessWithdrawn as withdrawn:
        raise AccessEnded("Google no longer gives access: the person has to consent again") from withdrawn
    except (RemoteTrouble, UnknownShape) as trouble:
        raise GoogleAway("Google does not answer as it should: try again in a few minutes") from trouble
    finally:
        await api.close()


async def _listed(api: GoogleApi) -> list[OwnCalendar]:
    found: list[OwnCalendar] = []
    query: dict[str, Any] = {"maxResults": 250}
    while True:
        answer = await api.ask("calendarList", "list", query)
        found += [_own(item) for item in answer.get("items", [])]
        if "nextPageToken" not in answer:
            return found
        query = {**query, "pageToken": answer["nextPageToken"]}


def _own(item: dict[str, Any]) -> OwnCalendar:
    is_writable = item.get("accessRole") in WRITABLE
    return OwnCalendar(item["id"], _title(item), bool(item.get("primary")), is_writable)


def _title(item: dict[str, Any]) -> str:
    return str(item.get("summaryOverride") or item.get("summary") or item["id"])[:200]


def _one(listed: list[OwnCalendar], calendar_id: str) -> OwnCalendar:
    found = next((each for each in listed if each.id == calendar_id and each.is_writable), None)
    if found is None:
        raise ConsentFailed("this account has no such calendar that it may write to")
    return found


def _digest(account: str | None) -> str | None:
    return hashlib.sha256(account.strip().lower().encode()).hexdigest() if account else None
