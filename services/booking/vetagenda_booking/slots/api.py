"""Bookable starts, and why a start is or is not one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.owner_changes import judging as owner_changes
from vetagenda_booking.owner_changes.moving import Facts, Move, check_typed, lookup_of, move_of
from vetagenda_booking.problems import (
    CancellationWindowClosed,
    SlotNotOffered,
    StatusConflict,
)
from vetagenda_booking.requests.rules import changed_only_of
from vetagenda_booking.slots.asking import TYPE_AT, asked_for, check_interval
from vetagenda_booking.slots.queries import look_up
from vetagenda_booking.slots.schemas import (
    Explanation,
    SlotInputs,
    SlotList,
    Stated,
    StatedEdge,
    json_of,
    slot_inputs,
)
from vetagenda_booking.slots.wall_clock import read_edge
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.operation_marks import costly
from vetagenda_kit.problems import InvalidRequest, NotFound, PartnerNotActivated, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

api = router(tags=["booking"], prefix="/v1/practices/{practice_id}/slots")
Reader = Annotated[Caller, Depends(requires("booking:read", apps=True))]
Inputs = Annotated[SlotInputs, Depends(slot_inputs)]


async def _move(
    request: Request,
    origin: Origin,
    made_by: str | None,
    inputs: SlotInputs,
    appointment_id: UUID,
    begin: datetime,
    end: datetime,
) -> Move:
    """Raises what refuses every start: NotFound, StatusConflict, CancellationWindowClosed, SlotNotOffered."""
    service: Service = request.app.state.service
    await owner_changes.check_own(service, origin, appointment_id, made_by)
    facts = await owner_changes.facts_of(service, origin, appointment_id)
    _check_same_type(facts, inputs.appointment_type_id)
    await owner_changes.check_movable(service, origin, facts)
    check_typed(facts)
    findings, _ = await look_up(service, origin, lookup_of(facts, begin, end))
    return move_of(findings, facts, inputs.calendar_ids, calendars_at="?calendar_id")


def _check_same_type(facts: Facts, type_id: UUID | None) -> None:
    """One without a type is of no other: `check_typed` says what keeps it from being moved."""
    own = facts["appointment"]["appointment_type_id"]
    if type_id is not None and own is not None and own != str(type_id):
        raise InvalidRequest.at(TYPE_AT, "the appointment is of another type")


async def _asked(
    request: Request, practice_id: UUID, caller: Caller, inputs: SlotInputs, begin: datetime, end: datetime
) -> Move:
    """A new booking, or with `appointment_id` a move, which an app asks of what it has booked itself."""
    origin = Origin(practice_id, caller.actor)
    if inputs.appointment_id is None:
        _, question = await asked_for(request.app.state.service, origin, inputs, begin, end)
        return Move(question, None)
    made_by = None if caller.may("agenda:write") else changed_only_of(caller, "agenda:read")
    return await _move(request, origin, made_by, inputs, inputs.appointment_id, begin, end)


_REFUSED = problems(
    NotFound,
    InvalidRequest,
    StatusConflict,
    CancellationWindowClosed,
    SlotNotOffered,
    PartnerNotActivated,
)


@api.get("", response_model=SlotList, responses=_REFUSED, openapi_extra=costly("slots"))
async def list_slots(
    practice_id: UUID,
    request: Request,
    caller: Reader,
    inputs: Inputs,
    begin: Annotated[StatedEdge, Query(alias="from")],
    end: Annotated[StatedEdge, Query(alias="to")],
) -> Response:
    """Every start in [from, to) that books for these inputs, with the calendars it would take.

    With `appointment_id`, every start to which its owner may move it: those, and no others, are moved to. A
    key without `agenda:read` asks for what was booked with it.
    """
    check_interval(begin, end)
    asked = await _asked(request, practice_id, caller, inputs, begin, end)
    zone = asked.anywhere.zone
    offers = asked.offered(read_edge(begin, zone), read_edge(end, zone))
    return Response(json_of(offers, zone.key), media_type="application/json")


@api.get("/explain", responses=_REFUSED, openapi_extra=costly("slots"))
async def explain_slot(
    practice_id: UUID, request: Request, caller: Reader, inputs: Inputs, start: Stated
) -> Explanation:
    """Whether this start books for these inputs, or with `appointment_id` whether its owner may move it
    there, and if not, which rule refuses it."""
    asked = await _asked(request, practice_id, caller, inputs, start, start)
    return Explanation.of(*asked.judge(start))
