"""The waiting list: who waits for an earlier time, and what was offered to them (AGD-7)."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Header, Response

from vetagenda_agenda.appointments.schemas import AppointmentView
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_agenda.waitlist import commands, queries, settings
from vetagenda_agenda.waitlist.rules import OfferExpired, OfferSettled, WaitlistOff
from vetagenda_agenda.waitlist.schemas import (
    NewWaitlistEntry,
    PutWaitlistSettings,
    WaitlistEntryPatch,
    WaitlistEntryView,
    WaitlistSettingsView,
)
from vetagenda_agenda.waitlist.tables import Offer, WaitlistEntry
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import IfMatch, check_version, etag, parse_if_match
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

api = router(tags=["waiting list"], prefix="/v1/practices/{practice_id}")
Reader = Annotated[Caller, Depends(requires("agenda:read"))]
Writer = Annotated[Caller, Depends(requires("agenda:write"))]
_CHANGING = problems(NotFound, StaleVersion, VersionRequired, InvalidRequest)
_DECIDING = problems(NotFound, OfferExpired, OfferSettled)


async def _context(caller: Writer, now: Now) -> Context:
    return Context(caller.actor, now)


Acting = Annotated[Context, Depends(_context)]


async def _locked(practice_id: UUID, entry_id: UUID, session: Write, _caller: Writer) -> WaitlistEntry:
    return await queries.entry(session, practice_id, entry_id, lock=True)


Locked = Annotated[WaitlistEntry, Depends(_locked)]


async def _locked_offer(offer_id: UUID, entry: Locked, session: Write) -> Offer:
    return await queries.offer_to(session, entry, offer_id)


LockedOffer = Annotated[Offer, Depends(_locked_offer)]


@api.get("/waitlist-settings")
async def get_waitlist_settings(
    practice_id: UUID, session: Read, _caller: Reader, response: Response
) -> WaitlistSettingsView:
    """How the practice keeps its waiting list."""
    found = await settings.of(session, practice_id)
    response.headers["ETag"] = etag(found.version)
    return WaitlistSettingsView.model_validate(found)


@api.put("/waitlist-settings", responses=problems(StaleVersion, VersionRequired))
async def put_waitlist_settings(
    practice_id: UUID,
    request: PutWaitlistSettings,
    session: Write,
    acting: Acting,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> WaitlistSettingsView:
    """Switch the waiting list on or off. Off: nothing new is offered, what is open stays to be decided.

    The first time needs no If-Match.
    """
    found = await settings.of(session, practice_id)
    if if_match is not None or found.version:
        check_version(parse_if_match(if_match), found.version)
    await settings.put(session, found, request, acting)
    response.headers["ETag"] = etag(found.version)
    return WaitlistSettingsView.model_validate(found)


async def _answered(response: Response, session: Write, entry: WaitlistEntry) -> WaitlistEntryView:
    response.headers["ETag"] = etag(entry.version)
    return (await queries.views(session, [entry]))[0]


@api.post("/waitlist-entries", status_code=201, responses=problems(NotFound, InvalidRequest, WaitlistOff))
async def create_waitlist_entry(
    practice_id: UUID, request: NewWaitlistEntry, session: Write, acting: Acting, response: Response
) -> WaitlistEntryView:
    """Wait for a time of this type to become free between `available_from` and `available_to`."""
    setting = await settings.of(session, practice_id)
    entry = await commands.enter(session, practice_id, request, setting, acting)
    response.headers["Location"] = f"/v1/practices/{practice_id}/waitlist-entries/{entry.id}"
    return await _answered(response, session, entry)


@api.get("/waitlist-entries")
async def list_waitlist_entries(
    practice_id: UUID,
    session: Read,
    paging: Paging,
    _caller: Reader,
    status: Literal["waiting", "booked"] | None = None,
) -> Page[WaitlistEntryView]:
    """Who came first stands first, each with the offer that is open."""
    return await queries.page(session, practice_id, paging, status)


@api.get("/waitlist-entries/{entry_id}", responses=problems(NotFound))
async def get_waitlist_entry(
    practice_id: UUID, entry_id: UUID, session: Read, _caller: Reader, response: Response
) -> WaitlistEntryView:
    """Who waits for what, with the offers that were made."""
    entry = await queries.entry(session, practice_id, entry_id)
    response.headers["ETag"] = etag(entry.version)
    return (await queries.views(session, [entry]))[0]


@api.patch("/waitlist-entries/{entry_id}", responses=_CHANGING)
async def update_waitlist_entry(
    patch: WaitlistEntryPatch,
    expected: IfMatch,
    entry: Locked,
    session: Write,
    acting: Acting,
    response: Response,
) -> WaitlistEntryView:
    """Moving the start moves the end by the same length. An open offer that no longer fits is withdrawn."""
    check_version(expected, entry.version)
    return await _answered(response, session, await commands.change(session, entry, patch, acting))


@api.delete("/waitlist-entries/{entry_id}", status_code=204, responses=_CHANGING)
async def delete_waitlist_entry(expected: IfMatch, entry: Locked, session: Write, acting: Acting) -> None:
    """No longer wait: an open offer goes to the next."""
    check_version(expected, entry.version)
    await commands.leave(session, entry, acting)


@api.post(
    "/waitlist-entries/{entry_id}/offers/{offer_id}/accept",
    responses=problems(NotFound, OfferExpired, OfferSettled, TimeTaken),
)
async def accept_offer(entry: Locked, offer: LockedOffer, session: Write, acting: Acting) -> AppointmentView:
    """Book the held time, or move the earlier appointment of the entry there: that one's is offered on."""
    return AppointmentView.model_validate(await commands.accept(session, entry, offer, acting))


@api.post("/waitlist-entries/{entry_id}/offers/{offer_id}/decline", responses=_DECIDING)
async def decline_offer(
    entry: Locked, offer: LockedOffer, session: Write, acting: Acting, response: Response
) -> WaitlistEntryView:
    """Go on waiting; the time goes to the next."""
    await commands.decline(session, entry, offer, acting)
    return await _answered(response, session, entry)
