"""The queue of who waits to be called back (DESK-7)."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_agenda.appointments.rules import StatusConflict, TooEarly
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk.callbacks import agreeing, commands, queries
from vetagenda_agenda.desk.callbacks.queries import AHEAD, Found
from vetagenda_agenda.desk.callbacks.queue import positions
from vetagenda_agenda.desk.callbacks.rules import CallBackClosed, NothingAgreed, OutsideCallBackHours
from vetagenda_agenda.desk.callbacks.schemas import (
    Agree,
    CallBackPatch,
    CallBackTime,
    CallBackView,
    Longer,
    NewCallBack,
)
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import IfMatch, check_version, etag
from vetagenda_kit.models import Instant
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router

api = router(tags=["desk"], prefix="/v1/practices/{practice_id}/desk")
Reader = Annotated[Caller, Depends(requires("desk:read"))]
Writer = Annotated[Caller, Depends(requires("desk:write"))]
LONGEST = timedelta(days=62)
_CHANGING = problems(NotFound, CallBackClosed)


async def _context(caller: Writer, now: Now) -> Context:
    return Context(caller.actor, now)


Acting = Annotated[Context, Depends(_context)]


async def _locked(practice_id: UUID, call_back_id: UUID, session: Write, _caller: Writer) -> Found:
    return await queries.one(session, practice_id, call_back_id, lock=True)


Locked = Annotated[Found, Depends(_locked)]


async def _answered(
    session: AsyncSession, response: Response, found: Found, context: Context, *, joined: bool = False
) -> CallBackView:
    await session.flush()
    waiting = await queries.open_ones(session, found.row.practice_id)
    (view,) = await queries.views(session, [found], waiting, context.now)
    response.headers["ETag"] = etag(found.row.version)
    return view.model_copy(update={"joined": joined})


@api.post("/call-backs", status_code=201, responses=problems(NotFound, InvalidRequest))
async def ask_call_back(
    practice_id: UUID, wanted: NewCallBack, session: Write, acting: Acting, response: Response
) -> CallBackView:
    """Take down that somebody asks to be called back, and answer their place. Who waits already, for the same
    reason and over whichever channel, keeps the place that they have (`joined`)."""
    found, joined = await commands.ask(session, practice_id, wanted, acting)
    response.headers["Location"] = f"/v1/practices/{practice_id}/desk/call-backs/{found.row.id}"
    return await _answered(session, response, found, acting, joined=joined)


@api.get("/call-backs")
async def list_call_backs(
    practice_id: UUID,
    session: Read,
    paging: Paging,
    _caller: Reader,
    now: Now,
    status: Annotated[
        Literal["open", "closed"], Query(description="Who waits, or what is done or withdrawn.")
    ] = "open",
) -> Page[CallBackView]:
    """Who is called next stands first; behind the queue those whose appointment is still to come. All that is
    open is one page."""
    if status == "closed":
        rows, following = await queries.closed_page(session, practice_id, paging)
        return Page(items=await queries.views(session, rows, [], now), next=following)
    waiting = await queries.open_ones(session, practice_id)
    places = positions((one.waiting for one in waiting), now)

    def place(one: Found) -> tuple[int, datetime]:
        return places.get(one.row.id, len(waiting) + 1), one.waiting.agreed_at or now

    ordered = sorted(waiting, key=place)
    return Page(items=await queries.views(session, ordered, waiting, now))


@api.get("/call-backs/{call_back_id}", responses=problems(NotFound))
async def get_call_back(
    practice_id: UUID, call_back_id: UUID, session: Read, caller: Reader, now: Now, response: Response
) -> CallBackView:
    """One of them, with its place just now and the `ETag` that a change of it needs."""
    found = await queries.one(session, practice_id, call_back_id)
    waiting = await queries.open_ones(session, practice_id)
    (view,) = await queries.views(session, [found], waiting, now)
    response.headers["ETag"] = etag(found.row.version)
    return view


@api.patch(
    "/call-backs/{call_back_id}",
    responses=_CHANGING | problems(InvalidRequest, StaleVersion, VersionRequired),
)
async def update_call_back(
    patch: CallBackPatch, expected: IfMatch, found: Locked, session: Write, acting: Acting, response: Response
) -> CallBackView:
    """Say that it is urgent, or what they need."""
    check_version(expected, found.row.version)
    await commands.change(session, found, patch, acting)
    return await _answered(session, response, found, acting)


@api.post(
    "/call-backs/{call_back_id}/agree",
    responses=_CHANGING | problems(InvalidRequest, TimeTaken, OutsideCallBackHours),
)
async def agree_call_back(
    order: Agree, found: Locked, session: Write, acting: Acting, response: Response
) -> CallBackView:
    """Agree to a time at which they are called for certain, or to another one: it lies in the agenda as an
    appointment. A refusal carries `times`, the next free ones."""
    return await _answered(session, response, await agreeing.agree(session, found, order, acting), acting)


@api.post("/call-backs/{call_back_id}/absent", responses=_CHANGING | problems(TooEarly))
async def miss_call_back(found: Locked, session: Write, acting: Acting, response: Response) -> CallBackView:
    """Nobody answered. What was agreed moves to the next free time; who waited without an appointment goes
    behind the others of their kind."""
    return await _answered(session, response, await agreeing.miss(session, found, acting), acting)


@api.post("/call-backs/{call_back_id}/extend", responses=_CHANGING | problems(TimeTaken, NothingAgreed))
async def extend_call_back(
    order: Longer, found: Locked, session: Write, acting: Acting, response: Response
) -> CallBackView:
    """Make the agreed call longer, if the agenda is free behind it. Otherwise `time-taken` carries `times`
    for a second one."""
    done = await agreeing.extend(session, found, order.minutes, acting)
    return await _answered(session, response, done, acting)


@api.post("/call-backs/{call_back_id}/done", responses=_CHANGING | problems(StatusConflict))
async def finish_call_back(found: Locked, session: Write, acting: Acting, response: Response) -> CallBackView:
    """They were called, and what they need is settled."""
    return await _answered(session, response, await agreeing.close(session, found, "done", acting), acting)


@api.post("/call-backs/{call_back_id}/withdraw", responses=_CHANGING | problems(StatusConflict))
async def withdraw_call_back(
    found: Locked, session: Write, acting: Acting, response: Response
) -> CallBackView:
    """They need not be called any more. A time that was agreed is free again."""
    ended = await agreeing.close(session, found, "withdrawn", acting)
    return await _answered(session, response, ended, acting)


@api.get("/call-back-times", responses=problems(InvalidRequest))
async def list_call_back_times(
    practice_id: UUID,
    session: Read,
    _caller: Reader,
    now: Now,
    from_: Annotated[Instant | None, Query(alias="from")] = None,
    to: Instant | None = None,
) -> list[CallBackTime]:
    """The free times for a call that begin in [from, to), from now on; `to` is two weeks later by itself."""
    begin = max(from_ or now, now)
    end = to or begin + AHEAD
    if end - begin > LONGEST:
        raise InvalidRequest.at("?to", f"at most {LONGEST.days} days after from")
    desk = await agreeing.desk_of(session, practice_id)
    return list(await desk.times(session, (begin, end), now))
