"""`P/test/clock` and `P/test/year`: the virtual clock of a test practice (PLAT-5)."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from vetagenda_agenda.sandbox import moves, year
from vetagenda_agenda.sandbox.commands import TimeTravel
from vetagenda_agenda.sandbox.moves import ClockMoving, move
from vetagenda_agenda.sandbox.rules import advanced
from vetagenda_agenda.sandbox.schemas import ClockView, FellDue, MoveClock, PlayYear, YearView
from vetagenda_kit import idempotency
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

api = router(tags=["sandbox"], prefix="/v1/practices/{practice_id}/test")

Mover = Annotated[Caller, Depends(requires("agenda:write"))]
_LONG: dict[str, Any] = {"x-answer-timeout-seconds": 300}


async def _virtual_now(service: Service, practice_id: UUID) -> datetime:
    current = await service.clock.virtual(practice_id)
    if current is None:
        raise NotFound("only a test practice has a clock of its own")
    return current


@api.post("/clock", responses=problems(NotFound, InvalidRequest, ClockMoving), openapi_extra=_LONG)
async def move_clock(practice_id: UUID, order: MoveClock, request: Request, caller: Mover) -> ClockView:
    """Set or advance the clock. For test practices; the others live in real time and answer 404.

    One move at a time: while another one does what falls due, this is refused with `clock-moving` and moves
    nothing. Every move that answers 200 has counted.
    """
    service: Service = request.app.state.service
    await _virtual_now(service, practice_id)
    call = await idempotency.read_call(request)
    async with move(service.db, practice_id) as move_id:
        await moves.replay(service, practice_id, call)
        current = await _virtual_now(service, practice_id)
        target = order.now or advanced(current, order.advance or timedelta())
        travel = TimeTravel(service, practice_id, caller.actor, move_id)
        await travel.to(current, target)
        answer = ClockView(now=target, ran=[FellDue(**each) for each in travel.ran])
        await moves.keep(service, practice_id, call, answer)
    return answer


@api.post("/year", responses=problems(NotFound, InvalidRequest, ClockMoving), openapi_extra=_LONG)
async def play_year(
    practice_id: UUID,
    order: PlayYear,
    request: Request,
    caller: Mover,
    _reader: Annotated[Caller, Depends(requires("reminders:read"))],
) -> YearView:
    """Advance a test practice's clock by a year, or `days`, and answer what would have been sent on the way.

    A move of the clock like any other: with an `Idempotency-Key` it counts once, and the same call again
    gives the same list.
    """
    service: Service = request.app.state.service
    await _virtual_now(service, practice_id)
    call = await idempotency.read_call(request)
    async with move(service.db, practice_id) as move_id:
        await moves.replay(service, practice_id, call)
        since = await _virtual_now(service, practice_id)
        until = advanced(since, timedelta(days=order.days))
        now = await year.go_on(TimeTravel(service, practice_id, caller.actor, move_id), since, until)
        answer = await year.view(service, practice_id, caller.actor, since, now, until)
        await moves.keep(service, practice_id, call, answer)
    return answer
