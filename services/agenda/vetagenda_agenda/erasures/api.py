"""`P/owners/{id}/erasure`: everything that the platform holds about one owner goes (GDPR, article 17)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.erasures import commands, queries
from vetagenda_agenda.erasures.parts import parts_of
from vetagenda_agenda.erasures.schemas import ErasureView, NewErasure
from vetagenda_agenda.records.usage import InUse
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.problems import NotFound, problems
from vetagenda_kit.routing import Write, router

api = router(tags=["privacy"], prefix="/v1/practices/{practice_id}/owners/{owner_id}")
May = Annotated[Caller, Depends(requires("practice:write"))]
Sees = Annotated[Caller, Depends(requires("practice:read"))]


@api.post("/erasure", status_code=202, responses=problems(NotFound, InUse))
async def erase_owner(
    practice_id: UUID,
    owner_id: UUID,
    wish: NewErasure,
    request: Request,
    session: Write,
    caller: May,
    now: Now,
) -> ErasureView:
    """Erase all data of an owner, for good, in all services and in the linked calendars.

    The agenda's part is done with this answer; the other services follow, and `GET` tells how far they are.
    Appointments stay as times without a person. While some are to come it is refused, unless
    `cancel_upcoming`. Said again it changes nothing. A deleted owner can be erased too.
    """
    service = request.app.state.service
    ordered = commands.Wish(wish.reason, wish.cancel_upcoming, parts_of(service))
    context = Context(caller.actor, now)
    row = await commands.erase(session, practice_id, owner_id, ordered, context, service.cipher)
    return ErasureView.of(row)


@api.get("/erasure", responses=problems(NotFound))
async def get_owner_erasure(practice_id: UUID, owner_id: UUID, session: Read, _caller: Sees) -> ErasureView:
    """How far an erasure is, service by service."""
    row = await queries.erasure(session, practice_id, owner_id)
    if row is None:
        raise NotFound("no erasure of such an owner was asked for")
    return ErasureView.of(row)
