"""The route that changes a row of the ledger."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now
from vetagenda_kit.etags import IfMatch, etag
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.editing import commands
from vetagenda_reminders.editing.commands import NotEditable, ReminderChange
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ledger import queries
from vetagenda_reminders.ledger.commands import AlreadyLeft
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.sending import asking

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/reminders")

Writer = Annotated[Caller, Depends(requires("reminders:write"))]


async def _ask_to_change(
    practice_id: UUID, reminder_id: UUID, change: ReminderChange, request: Request, _caller: Writer
) -> tuple[ReminderChange, PracticeFacts]:
    """Whether the row is of a kind that changes, and its practice, asked before the transaction begins."""
    service = request.app.state.service
    async with service.db.reading([practice_id]) as session:
        row = await queries.get(session, reminder_id)
    commands.check_kind(row, change)
    return change, (await asking.about(service, practice_id, [row])).practice


@public.patch(
    "/{reminder_id}",
    responses=problems(NotFound, NotEditable, AlreadyLeft, StaleVersion, VersionRequired, InvalidRequest),
)
async def change_reminder(
    reminder_id: UUID,
    asked: Annotated[tuple[ReminderChange, PracticeFacts], Depends(_ask_to_change)],
    caller: Writer,
    expected: IfMatch,
    now: Now,
    session: Write,
    response: Response,
) -> ReminderView:
    """Other days for a product's reminder, other days or words for a person's own, before it leaves."""
    change, practice = asked
    row = await commands.edit(session, reminder_id, change, practice, expected, now, caller.actor)
    response.headers["ETag"] = etag(row.version)
    return ReminderView.of(row)
