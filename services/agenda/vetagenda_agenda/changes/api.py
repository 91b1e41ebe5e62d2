from typing import Annotated
from uuid import UUID

from fastapi import Depends

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.changes import commands
from vetagenda_agenda.changes.schemas import Undo, UndoneView
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now
from vetagenda_kit.problems import InvalidRequest, problems
from vetagenda_kit.routing import Write, router

api = router(tags=["undo"], prefix="/v1/practices/{practice_id}/changes")


@api.post("/undo", responses=problems(InvalidRequest))
async def undo_changes(
    practice_id: UUID,
    request: Undo,
    session: Write,
    now: Now,
    caller: Annotated[Caller, Depends(requires("agenda:write"))],
) -> UndoneView:
    """Undo one actor's or one sync run's changes of appointments together.

    What was booked is cancelled, what was cancelled comes back and what was moved moves back if the time is
    free, edited fields get their former values. Nothing is undone that somebody else has changed since.
    """
    return await commands.undo(session, practice_id, request, Context(caller.actor, now))
