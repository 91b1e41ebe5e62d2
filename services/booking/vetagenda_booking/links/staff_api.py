"""How people get an owner's link: a call centre reads it out or sends it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.links import making
from vetagenda_booking.links.rules import LinkEnded
from vetagenda_booking.links.schemas import LinkMade
from vetagenda_booking.owner_changes.judging import check_own
from vetagenda_booking.requests.rules import only_of
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.partners import LET_IN
from vetagenda_kit.problems import NotFound, PartnerNotActivated, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

api = router(
    tags=["owner links"],
    prefix="/v1/practices/{practice_id}/appointments/{appointment_id}/links",
    dependencies=LET_IN,
    responses=problems(PartnerNotActivated),
)
Writer = Annotated[Caller, Depends(requires("agenda:write", "booking:write", apps=True))]


@api.post("", status_code=201, responses=problems(NotFound, LinkEnded))
async def make_owner_link(
    practice_id: UUID, appointment_id: UUID, request: Request, response: Response, caller: Writer
) -> LinkMade:
    """An address where the owner sees, confirms, moves or cancels this appointment without an account.

    Whoever has it can do that. Nothing is stored: as long as the appointment stays as it is, each call
    answers the same link. A key without `agenda:write` makes links to what was booked with it.
    """
    service: Service = request.app.state.service
    origin = Origin(practice_id, caller.actor)
    await check_own(service, origin, appointment_id, only_of(caller, "agenda:write"))
    response.headers["Cache-Control"] = "no-store"
    return await making.present_link(service, origin, appointment_id)
