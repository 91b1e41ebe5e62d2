"""`P/test/clock`: the virtual clock of a test practice (PLAT-5)."""

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import Depends, Request
from pydantic import BeforeValidator, model_validator

from vetagenda_agenda.sandbox import moves
from vetagenda_agenda.sandbox.commands import TimeTravel
from vetagenda_agenda.sandbox.moves import ClockMoving, move
from vetagenda_agenda.sandbox.rules import advanced, of_fixed_length
from vetagenda_kit import idempotency
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.models import Instant, RequestModel, ViewModel
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

api = router(tags=["sandbox"], prefix="/v1/practices/{practice_id}/test")


class MoveClock(RequestModel):
    """Either `now`, or `advance` as an ISO 8601 duration (`PT90M`, `P365D`) that is not negative, and without
    years and months, which have no length of their own.

    Going forward, until the year 9000 at most, does what falls due on the way; going back, with `now`, only
    sets the clock.
    """

    now: Instant | None = None
    advance: Annotated[timedelta | None, BeforeValidator(of_fixed_length)] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.now is None) == (self.advance is None):
            raise ValueError("give either now or advance")
        return self


class FellDue(ViewModel):
    at: datetime
    service: str
    what: str


class ClockView(ViewModel):
    """The clock, and what fell due while it moved, in order."""

    now: datetime
    ran: list[FellDue] = []


async def _virtual_now(service: Service, practice_id: UUID) -> datetime:
    current = await service.clock.virtual(practice_id)
    if current is None:
        raise NotFound("only a test practice has a clock of its own")
    return current


@api.post(
    "/clock",
    responses=problems(NotFound, InvalidRequest, ClockMoving),
    openapi_extra={"x-answer-timeout-seconds": 300},
)
async def move_clock(
    practice_id: UUID,
    order: MoveClock,
    request: Request,
    caller: Annotated[Caller, Depends(requires("agenda:write"))],
) -> ClockView:
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
