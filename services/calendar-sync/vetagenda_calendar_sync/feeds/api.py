"""Routes of feeds: the practice's own, and the public one that a phone reads."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from vetagenda_calendar_sync.feeds import column, commands, queries, rendering, rules
from vetagenda_calendar_sync.feeds.schemas import FeedPatch, FeedView, FeedWithAddress, NewFeed
from vetagenda_calendar_sync.feeds.tables import CalendarFeed
from vetagenda_calendar_sync.links.api import CalendarReader, CalendarWriter
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read
from vetagenda_kit.etags import IfMatch, check_version, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import (
    InvalidRequest,
    NotFound,
    ServiceUnavailable,
    StaleVersion,
    VersionRequired,
    problems,
)
from vetagenda_kit.routing import Write, router
from vetagenda_kit.service import Service

router_ = router(tags=["calendar sync"], prefix="/v1/practices/{practice_id}/calendar-feeds")
public = router(tags=["calendar sync"], prefix="/v1/feeds")
PRIVATE = f"private, max-age={int(timedelta(minutes=5).total_seconds())}"
_ICS: dict[str, Any] = {"security": []}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/calendar": {"schema": {"type": "string"}}}, "description": "The calendar."},
    304: {"description": "It is as the caller has it."},
    **problems(NotFound, ServiceUnavailable),
}


async def _there(practice_id: UUID, feed: NewFeed, caller: CalendarWriter, request: Request) -> None:
    """Raises NotFound for a calendar that is not there. Asked before the transaction begins."""
    service: Service = request.app.state.service
    path = f"/internal/practices/{practice_id}/calendars/{feed.calendar_id}"
    await service.peers.call("agenda", "GET", path, actor=caller.actor, practices=[practice_id])


@router_.post(
    "", status_code=201, responses=problems(InvalidRequest, NotFound), dependencies=[Depends(_there)]
)
async def create_calendar_feed(
    practice_id: UUID,
    feed: NewFeed,
    caller: CalendarWriter,
    session: Write,
    request: Request,
    response: Response,
) -> FeedWithAddress:
    """A secret address under which a phone can subscribe to the calendar (iCalendar). Shown this once."""
    made, secret = await commands.create(session, practice_id, feed, system_now(), caller.actor)
    response.headers["Location"] = f"/v1/practices/{practice_id}/calendar-feeds/{made.id}"
    return _with_address(request, response, made, secret)


@router_.get("")
async def list_calendar_feeds(
    practice_id: UUID,
    _caller: CalendarReader,
    session: Read,
    paging: Paging,
    calendar_id: UUID | None = None,
) -> Page[FeedView]:
    """Who may subscribe to what, and when it was last read."""
    return await queries.page(session, practice_id, paging, calendar_id)


@router_.get("/{feed_id}", responses=problems(NotFound))
async def get_calendar_feed(
    practice_id: UUID, feed_id: UUID, _caller: CalendarReader, session: Read, response: Response
) -> FeedView:
    """One feed, with its `ETag`; never its secret."""
    feed = await queries.one(session, practice_id, feed_id)
    response.headers["ETag"] = etag(feed.version)
    return FeedView.model_validate(feed)


@router_.patch("/{feed_id}", responses=problems(NotFound, StaleVersion, VersionRequired))
async def patch_calendar_feed(
    practice_id: UUID,
    feed_id: UUID,
    patch: FeedPatch,
    if_match: IfMatch,
    caller: CalendarWriter,
    session: Write,
    response: Response,
) -> FeedView:
    """Change what the feed tells, and of which days. The address stays."""
    feed = await queries.one(session, practice_id, feed_id, lock=True)
    check_version(if_match, feed.version)
    await commands.change(session, feed, patch, system_now(), caller.actor)
    response.headers["ETag"] = etag(feed.version)
    return FeedView.model_validate(feed)


@router_.post("/{feed_id}/rotate", responses=problems(NotFound))
async def rotate_calendar_feed(
    practice_id: UUID,
    feed_id: UUID,
    caller: CalendarWriter,
    session: Write,
    request: Request,
    response: Response,
) -> FeedWithAddress:
    """A new address; the former one is not there any more, from this moment on."""
    feed = await queries.one(session, practice_id, feed_id, lock=True)
    secret = await commands.rotate(session, feed, system_now(), caller.actor)
    return _with_address(request, response, feed, secret)


@router_.delete("/{feed_id}", status_code=204, responses=problems(NotFound))
async def delete_calendar_feed(
    practice_id: UUID, feed_id: UUID, caller: CalendarWriter, session: Write
) -> None:
    """Revoke the feed: its address is not there any more."""
    await commands.revoke(session, await queries.one(session, practice_id, feed_id, lock=True), caller.actor)


def _with_address(request: Request, response: Response, feed: CalendarFeed, secret: str) -> FeedWithAddress:
    response.headers["ETag"], response.headers["Cache-Control"] = etag(feed.version), "no-store"
    return FeedWithAddress(
        **FeedView.model_validate(feed).model_dump(), url=address(request.app.state.service, secret)
    )


def address(service: Service, secret: str) -> str:
    return f"{service.settings.public_url.rstrip('/')}/v1/feeds/{secret}.ics"


@public.get("/{secret}.ics", response_class=Response, responses=_ANSWERS, openapi_extra=_ICS)
async def read_calendar_feed(
    secret: str, request: Request, if_none_match: Annotated[str, Header(max_length=1000)] = ""
) -> Response:
    """The calendar as iCalendar (RFC 5545), for who knows the secret. `ETag` and `If-None-Match` spare the
    text while nothing has changed; ask about every 15 minutes."""
    service: Service = request.app.state.service
    feed = await queries.by_secret(service.db, secret)
    known = rules.known_fingerprint(if_none_match, feed.version)
    found = await column.ask(service, feed, known)
    await queries.note_reading(service.db, feed, system_now())
    headers = {"ETag": rules.entity_tag(found.fingerprint, feed.version), "Cache-Control": PRIVATE}
    if found.visits is None:
        return Response(status_code=304, headers=headers)
    text = await asyncio.to_thread(rendering.calendar, found, feed.privacy)  # type: ignore[arg-type]
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)
