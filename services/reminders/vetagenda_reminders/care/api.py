"""Routes of care timelines."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.care import commands, queries
from vetagenda_reminders.care.schemas import CarePlanRequest, CarePlanView
from vetagenda_reminders.peers import agenda

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/care-plans")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]


async def _own_type(practice_id: UUID, appointment_type_id: UUID, request: Request, _caller: Writer) -> UUID:
    """Only the agenda knows the types. Goes before the session: no transaction waits for a peer."""
    if not await agenda.has_type(request.app.state.service, practice_id, appointment_type_id):
        raise NotFound("there is no such appointment type")
    return appointment_type_id


@public.get("")
async def list_care_plans(_caller: Reader, session: Read, paging: Paging) -> Page[CarePlanView]:
    """The care timelines of all appointment types that have one."""
    return await queries.page(session, paging)


@public.get("/{appointment_type_id}", responses=problems(NotFound))
async def get_care_plan(
    practice_id: UUID, appointment_type_id: UUID, _caller: Reader, session: Read, response: Response
) -> CarePlanView:
    """The steps around a visit of one type, with the `ETag` that a change of them needs."""
    plan = await queries.get(session, practice_id, appointment_type_id)
    response.headers["ETag"] = etag(plan.version)
    return plan


@public.put(
    "/{appointment_type_id}", responses=problems(InvalidRequest, NotFound, StaleVersion, VersionRequired)
)
async def put_care_plan(
    practice_id: UUID,
    own_type: Annotated[UUID, Depends(_own_type)],
    wanted: CarePlanRequest,
    caller: Writer,
    now: Now,
    session: Write,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> CarePlanView:
    """Say what owners are told step by step around a visit of the type. What has not left is planned again.

    The first time needs no If-Match.
    """
    plan = await commands.put(session, practice_id, own_type, wanted, now, caller.actor, if_match)
    response.headers["ETag"] = etag(plan.version)
    return plan
