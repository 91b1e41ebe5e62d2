"""`GET /v1/desk/calls`: what stands on the screen when the telephone rings (DESK-1, DESK-9)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from vetagenda_agenda.desk.calls import queries
from vetagenda_agenda.desk.calls.popups import shown
from vetagenda_agenda.desk.calls.schemas import CalledPractice, CalledView, CallView
from vetagenda_agenda.desk.organisations.queries import sharing
from vetagenda_agenda.desk.settings import queries as settings
from vetagenda_agenda.phones import e164
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.tables import Practice
from vetagenda_kit import concerned
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Database, Read
from vetagenda_kit.problems import NotFound, problems
from vetagenda_kit.routing import router

api = router(tags=["desk"], prefix="/v1/desk/calls")
own = router(tags=["desk"], prefix="/v1/practices/{practice_id}/desk/calls")
Reader = Annotated[Caller, Depends(requires("desk:read"))]
_FROM = "The caller's number; left out when it was withheld."
From = Annotated[str | None, Query(alias="from", max_length=40, description=_FROM)]


@api.get("", responses=problems(NotFound))
async def get_call(
    to: Annotated[str, Query(min_length=2, max_length=40, description="The number that was dialled.")],
    request: Request,
    response: Response,
    session: Read,
    caller: Reader,
    from_: From = None,
) -> CallView:
    """Whose number was dialled, how that practice wants the call handled, and who is calling: their
    records, their visits to come and what they wait for. 404 when it is no number of a practice that the
    key was granted."""
    found = await queries.dialled(session, to)
    await session.close()  # no connection is kept while others are asked for
    if not found:
        raise NotFound("?to: no practice that you answer for has this number")
    db: Database = request.app.state.service.db
    called = [await _called(db, each.practice, from_, caller) for each in found]
    concerned.note(response, [id for each in called for id in _shown_of(each)])
    return CallView(to=found[0].number, from_number=e164(from_, found[0].practice.country), practices=called)


@own.get("")
async def get_call_to_practice(
    practice_id: UUID,
    request: Request,
    response: Response,
    session: Read,
    caller: Reader,
    from_: From = None,
) -> CalledView:
    """The same for the telephone of one practice, for its own people too, who have signed in there."""
    practice = await practices.practice(session, practice_id)
    await session.close()
    called = await _called(request.app.state.service.db, practice, from_, caller)
    concerned.note(response, _shown_of(called))
    return called


async def _called(db: Database, practice: Practice, from_: str | None, caller: Caller) -> CalledView:
    may_see = caller.may("agenda:read")
    number, now = e164(from_, practice.country), practices.now(practice)
    known_by = await sharing(db, practice.id, "share_contacts_with") if may_see else []
    async with db.reading({practice.id, *known_by}) as session:
        choices, _version = await settings.chosen(session, practice.id)
        kind = shown(choices.popup, at_call_centre=caller.actor.kind != "user")
        return CalledView(
            practice=CalledPractice.model_validate(practice),
            popup=await queries.popup(session, practice.id, kind, choices),
            message_info=choices.messages.info,
            required_contact_fields=list(choices.required_contact_fields),
            instructions=await queries.instructions(session, practice.id, now),
            callers=await queries.callers(session, known_by, number, now)
            if may_see and number
            else _nobody(may_see),
            call_backs=await queries.waiting(session, practice.id, number, now) if number else [],
        )


def _shown_of(called: CalledView) -> set[UUID]:
    return {called.practice.id, *(each.practice_id for each in called.callers or ())}


def _nobody(may_see: bool) -> list[object] | None:
    return [] if may_see else None
