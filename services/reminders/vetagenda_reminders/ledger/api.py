"""Routes of the ledger."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import IfMatch, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ledger import asking, commands, editing, queries, timeline
from vetagenda_reminders.ledger.commands import AlreadyLeft
from vetagenda_reminders.ledger.editing import NotEditable, ReminderChange
from vetagenda_reminders.ledger.schemas import Filtered, ReminderView
from vetagenda_reminders.ledger.timeline import StepView

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/reminders")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]


@public.get("")
async def list_reminders(
    _caller: Reader, session: Read, paging: Paging, wanted: Filtered
) -> Page[ReminderView]:
    """All planned, sent and skipped messages, by the time they are due, with why each did not leave."""
    return await queries.in_order(session, wanted, paging)


@public.get("/{reminder_id}", responses=problems(NotFound))
async def get_reminder(reminder_id: UUID, _caller: Reader, session: Read, response: Response) -> ReminderView:
    """One message to an owner: its text, when it is due, and what became of it."""
    row = await queries.get(session, reminder_id)
    response.headers["ETag"] = etag(row.version)
    return ReminderView.of(row)


@public.get("/{reminder_id}/timeline", responses=problems(NotFound))
async def get_reminder_timeline(
    reminder_id: UUID, _caller: Reader, session: Read, paging: Paging
) -> Page[StepView]:
    """What happened to one message, the oldest first: why it was sent, or was not."""
    await queries.get(session, reminder_id)
    return await timeline.of_row(session, reminder_id, paging)


async def _ask_to_change(
    practice_id: UUID, reminder_id: UUID, change: ReminderChange, request: Request, _caller: Writer
) -> tuple[ReminderChange, PracticeFacts]:
    """Whether the row is of a kind that changes, and its practice, asked before the transaction begins."""
    service = request.app.state.service
    async with service.db.reading([practice_id]) as session:
        row = await queries.get(session, reminder_id)
    editing.check_kind(row, change)
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
    row = await editing.edit(session, reminder_id, change, practice, expected, now, caller.actor)
    response.headers["ETag"] = etag(row.version)
    return ReminderView.of(row)


@public.post("/{reminder_id}/cancel", responses=problems(NotFound, AlreadyLeft))
async def cancel_reminder(reminder_id: UUID, caller: Writer, now: Now, session: Write) -> ReminderView:
    """Take a message out before it leaves. Nothing plans it again."""
    return ReminderView.of(await commands.cancel(session, reminder_id, now, caller.actor))
