"""Routes of reminders that no visit followed, and of sending again."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import Write, router
from vetagenda_kit.service import Service
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.personal.schemas import RemindersView
from vetagenda_reminders.recalls import commands, queries
from vetagenda_reminders.recalls.rules import NotResendable, Visits, check_resendable, without_visit
from vetagenda_reminders.recalls.schemas import Filtered, Recall, Resend
from vetagenda_reminders.sending import asking
from vetagenda_reminders.tables import Reminder

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/reminders")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]


@public.get("/without-visit", responses=problems(InvalidRequest))
async def list_reminders_without_visit(
    practice_id: UUID, request: Request, _caller: Reader, paging: Paging, wanted: Filtered
) -> Page[Recall]:
    """Reminders of products and acts that were sent, the first sent first, and that no visit followed: since
    the first sending the animal has not been here (neither by its appointments nor by the visits that were
    recorded), and no confirmed appointment is to come. A page looks at `limit` reminders and shows those of
    them without a visit, so it may be short before the last one."""
    service = request.app.state.service
    async with service.db.reading([practice_id]) as session:
        told, following = await queries.sent(session, wanted, paging)
        visited = await queries.visited(session, told)
    told = [one for one in told if one.first.id not in visited]
    if not told:
        return Page(items=[], next=following)
    animals = {one.first.animal_ids[0] for one in told}
    since = min(one.first.finished_at for one in told if one.first.finished_at)
    found = await agenda.visits_of(service, practice_id, animals, since)
    visits = {animal: Visits.model_validate(one) for animal, one in found.items()}
    return Page(items=without_visit(told, visits), next=following)


@dataclass(frozen=True)
class Asked:
    """The rows in the order in which they were named, and what the agenda says of them."""

    rows: list[Reminder]
    known: Known


async def _ask(service: Service, practice_id: UUID, ids: tuple[UUID, ...]) -> Asked:
    """Before the transaction begins. Raises NotFound, NotResendable and ServiceUnavailable."""
    async with service.db.reading([practice_id]) as session:
        found = await queries.named(session, ids)
    for one in ids:
        if one not in found:
            raise NotFound(f"there is no reminder {one}")
    rows = [found[one] for one in ids]
    for row in rows:
        check_resendable(row)
    return Asked(rows, await asking.about(service, practice_id, rows))


async def _ask_for_one(practice_id: UUID, reminder_id: UUID, request: Request, _caller: Writer) -> Asked:
    return await _ask(request.app.state.service, practice_id, (reminder_id,))


async def _ask_for_some(practice_id: UUID, wanted: Resend, request: Request, _caller: Writer) -> Asked:
    return await _ask(request.app.state.service, practice_id, wanted.reminder_ids)


@public.post("/resend", status_code=201, responses=problems(NotFound, NotResendable, InvalidRequest))
async def resend_reminders(
    asked: Annotated[Asked, Depends(_ask_for_some)], caller: Writer, now: Now, session: Write
) -> RemindersView:
    """Send all of these again, or none when one cannot be. One that is on its way already is not doubled."""
    rows = await commands.resend(session, asked.rows, asked.known, now, caller.actor)
    return RemindersView(items=[ReminderView.of(row) for row in rows])


@public.post("/{reminder_id}/resend", status_code=201, responses=problems(NotFound, NotResendable))
async def resend_reminder(
    asked: Annotated[Asked, Depends(_ask_for_one)], caller: Writer, now: Now, session: Write
) -> ReminderView:
    """Say the same again: a reminder of its own, due now, in the words that hold now. A product's SMS is then
    a recall, which leaves on weekdays and waits first when the month's SMS run out."""
    (row,) = await commands.resend(session, asked.rows, asked.known, now, caller.actor)
    return ReminderView.of(row)
