"""Routes of the calls to make."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now
from vetagenda_kit.pages import Paging
from vetagenda_kit.problems import NotFound, problems
from vetagenda_kit.routing import Write, router
from vetagenda_kit.service import Service
from vetagenda_reminders.ledger.commands import AlreadyLeft
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.phone_tasks import commands, queries
from vetagenda_reminders.phone_tasks.schemas import CallMade, PhoneTasks, PhoneTaskView, TaskStatus

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/phone-tasks")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]


@dataclass(frozen=True)
class AskedCall:
    """What the caller says, and what the agenda says of it, where it answers."""

    call: CallMade
    known: Known | None


async def _ask(
    practice_id: UUID, reminder_id: UUID, call: CallMade, request: Request, _caller: Writer
) -> AskedCall:
    """Asked before the transaction begins."""
    service: Service = request.app.state.service
    async with service.db.reading([practice_id]) as session:
        row = await queries.get(session, reminder_id)
    return AskedCall(call, await queries.known_of(service, practice_id, [row]))


@public.get("")
async def list_phone_tasks(
    practice_id: UUID, _caller: Reader, request: Request, paging: Paging, status: TaskStatus = "ready"
) -> PhoneTasks:
    """Calls to make, or made, by the time they are due. Calls to make are asked about anew: one that is not
    to be made any more is `skipped` with its reason and left out."""
    ask = queries.to_make if status == "ready" else queries.made
    return await ask(request.app.state.service, practice_id, paging)


@public.post("/{reminder_id}/done", responses=problems(NotFound, AlreadyLeft))
async def note_call(
    reminder_id: UUID,
    asked: Annotated[AskedCall, Depends(_ask)],
    caller: Writer,
    now: Now,
    session: Write,
) -> PhoneTaskView:
    """Say what a call came to. One that nobody answered stays in the list, unless it has become needless. One
    that was made although it had become so is noted as made, and its timeline says why it was needless."""
    row = await commands.note_call(session, reminder_id, asked.call, asked.known, now, caller.actor)
    return queries.view(row, asked.known)
