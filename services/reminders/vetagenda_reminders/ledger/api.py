"""Routes of the ledger."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import NotFound, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.ledger import commands, queries, timeline
from vetagenda_reminders.ledger.commands import AlreadyLeft
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


@public.post("/{reminder_id}/cancel", responses=problems(NotFound, AlreadyLeft))
async def cancel_reminder(reminder_id: UUID, caller: Writer, now: Now, session: Write) -> ReminderView:
    """Take a message out before it leaves. Nothing plans it again."""
    return ReminderView.of(await commands.cancel(session, reminder_id, now, caller.actor))
