"""Bookable starts, and why a start is or is not one."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.slots import rules
from vetagenda_booking.slots.facts import Wanted
from vetagenda_booking.slots.people import owner_kind_of
from vetagenda_booking.slots.queries import Lookup, look_up
from vetagenda_booking.slots.question import Question
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
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import router

LONGEST = timedelta(days=100)
api = router(tags=["booking"], prefix="/v1/practices/{practice_id}/slots")
Reader = Annotated[Caller, Depends(requires("booking:read"))]
Inputs = Annotated[SlotInputs, Depends(slot_inputs)]


async def _question(
    request: Request, practice_id: UUID, caller: Caller, inputs: SlotInputs, begin: datetime, end: datetime
) -> Question:
    owners = (inputs.owner_id,) if inputs.owner_id else ()
    lookup = Lookup(inputs.appointment_type_id, begin, end, owner_ids=owners, type_at="?appointment_type_id")
    origin = Origin(practice_id, caller.actor)
    findings, people = await look_up(request.app.state.service, origin, lookup)
    wanted = Wanted(
        inputs.appointment_type_id,
        inputs.calendar_ids,
        owner_kind_of(inputs.owner_id, inputs.owner_kind, people, "?owner_kind"),
        inputs.species,
        inputs.animal_count,
        inputs.arrangement,
        calendars_at="?calendar_id",
        animals_at="?animal_count",
    )
    return findings.question(wanted)


@api.get("", response_model=SlotList, responses=problems(NotFound))
async def list_slots(
    practice_id: UUID,
    request: Request,
    caller: Reader,
    inputs: Inputs,
    begin: Annotated[StatedEdge, Query(alias="from")],
    end: Annotated[StatedEdge, Query(alias="to")],
) -> Response:
    """Every start in [from, to) that books for these inputs, with the calendars it would take."""
    _check_interval(begin, end)
    question = await _question(request, practice_id, caller, inputs, begin, end)
    offers = rules.offered(question, read_edge(begin, question.zone), read_edge(end, question.zone))
    return Response(json_of(offers, question.zone.key), media_type="application/json")


@api.get("/explain", responses=problems(NotFound))
async def explain_slot(
    practice_id: UUID, request: Request, caller: Reader, inputs: Inputs, start: Stated
) -> Explanation:
    """Whether this start books for these inputs, and if not, which rule refuses it."""
    question = await _question(request, practice_id, caller, inputs, start, start)
    instant, verdict = rules.judge_stated(question, start)
    return Explanation.of(instant, verdict)


def _check_interval(begin: datetime, end: datetime) -> None:
    length = end.replace(tzinfo=end.tzinfo or UTC) - begin.replace(tzinfo=begin.tzinfo or UTC)
    if length <= timedelta(0):
        raise InvalidRequest.at("?to", "it must be after from")
    if length > LONGEST:
        raise InvalidRequest.at("?to", f"at most {LONGEST.days} days after from")
