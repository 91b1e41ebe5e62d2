"""The feed, page by page or as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from vetagenda_gateway.feed import queries
from vetagenda_gateway.feed.queries import Numbered
from vetagenda_gateway.feed.schemas import FeedEvent, FeedPage
from vetagenda_gateway.feed.waiting import Waiting
from vetagenda_gateway.keys.directory import Directory
from vetagenda_gateway.partners.letting_in import LET_IN
from vetagenda_gateway.sessions.directory import SessionDirectory
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Database, ReadSession
from vetagenda_kit.problems import InvalidRequest, PartnerNotActivated, Problem, problems
from vetagenda_kit.routing import router

BATCH = 200
LOOK_AGAIN_SECONDS = 15.0

events = router(
    tags=["events"],
    prefix="/v1/practices/{practice_id}/events",
    dependencies=LET_IN,
    responses=problems(PartnerNotActivated),
)
EventReader = Annotated[Caller, Depends(requires("events:read", apps=True))]
After = Annotated[int, Query(ge=0, le=2**62, description="The number of the last event you have.")]


async def _reading(practice_id: UUID, request: Request, _caller: EventReader) -> AsyncIterator[ReadSession]:
    """Asks nobody for the practice's time: the feed answers while all else is away."""
    database: Database = request.app.state.service.db
    async with database.reading([practice_id]) as session:
        yield session


FeedSession = Annotated[ReadSession, Depends(_reading, scope="function")]


class EventsForgotten(Problem):
    """`oldest` is the first number that is still kept."""

    status, code, title = 410, "events-forgotten", "Events that you have not seen are no longer kept"


async def _newest(session: ReadSession, practice_id: UUID, after: int, pointer: str = "?after") -> int:
    """The newest number given. Raises EventsForgotten, InvalidRequest: nobody is given a feed with a silent
    hole, or waits for what follows a number that this feed has never given."""
    first_kept, newest = await queries.bounds(session, practice_id)
    if after + 1 < first_kept:
        raise EventsForgotten(oldest=first_kept)
    if after > newest:
        raise InvalidRequest.at(pointer, f"the newest event is number {newest}")
    return newest


@events.get("", responses=problems(EventsForgotten, InvalidRequest))
async def list_events(
    practice_id: UUID,
    session: FeedSession,
    caller: EventReader,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> FeedPage:
    """The events after a number, oldest first. Who has 1 .. n without a gap has missed nothing.

    A partner's app gets `gateway.event.redacted` in the place of what it may not see; `withdrawn` there is
    the id of what it saw and sees no more.
    """
    newest = await _newest(session, practice_id, after)
    rows = await queries.after(session, practice_id, after, limit + 1, caller.actor.partner_id)
    items = [_view(row) for row in rows[:limit]]
    more = items[-1].sequence if len(rows) > limit else None
    return FeedPage(items=items, next=more, last=max(newest, *(row.sequence for row in rows), 0))


async def _start(
    practice_id: UUID,
    session: FeedSession,
    after: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> int:
    """The number after which a stream begins: what the client has, or else the newest."""
    if last_event_id is not None:
        if not last_event_id.isdecimal() or len(last_event_id) > 18:
            raise InvalidRequest.at("?Last-Event-ID", "the number of an event is expected")
        after = int(last_event_id)
    if after is None:
        return await queries.last(session, practice_id)
    await _newest(session, practice_id, after, "?after" if last_event_id is None else "?Last-Event-ID")
    return after


@events.get(
    "/stream", response_class=EventSourceResponse, responses=problems(EventsForgotten, InvalidRequest)
)
async def stream_events(
    practice_id: UUID, request: Request, caller: EventReader, position: Annotated[int, Depends(_start)]
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `id` is the number, `event` the type, `data` the CloudEvent.

    A client that reconnects with `Last-Event-ID` (browsers do so by themselves) goes on where it was. The
    stream ends when the key is revoked or expires, or the session ends.
    """
    database: Database = request.app.state.service.db
    waiting: Waiting = request.app.state.waiting
    with waiting.for_practice(str(practice_id)) as news:
        while await _may_go_on(request, caller, practice_id):
            news.clear()
            rows = await _next(database, practice_id, position, caller.actor.partner_id)
            for row in rows:
                position = row.sequence
                yield ServerSentEvent(id=str(position), event=row.event["type"], data=_view(row))
            if not rows:
                await _until(news)


async def _may_go_on(request: Request, caller: Caller, practice_id: UUID) -> bool:
    """A person's stream outlives their access token, not their session or role."""
    if caller.actor.kind == "user":
        sessions: SessionDirectory = request.app.state.sessions
        return await sessions.is_valid(request.scope["session_id"], practice_id, "events:read")
    directory: Directory = request.app.state.directory
    return await directory.is_valid(UUID(caller.actor.id))


async def _next(
    database: Database, practice_id: UUID, position: int, partner_id: UUID | None
) -> list[Numbered]:
    async with database.reading([practice_id]) as session:
        return await queries.after(session, practice_id, position, BATCH, partner_id)


async def _until(news: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
            await news.wait()
    except TimeoutError:
        return


def _view(row: Numbered) -> FeedEvent:
    return FeedEvent(sequence=row.sequence, **row.event)
