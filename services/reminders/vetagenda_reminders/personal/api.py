"""Routes of a person's own reminders."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import Write, router
from vetagenda_kit.service import Service
from vetagenda_reminders.appointments.immediate import NothingToRemind
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.personal import commands
from vetagenda_reminders.personal.commands import About
from vetagenda_reminders.personal.schemas import NewPersonalReminder, RemindersView

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/reminders")

Writer = Annotated[Caller, Depends(requires("reminders:write"))]


@dataclass(frozen=True)
class Asked:
    """The request, and what the agenda says of those it names, asked before the transaction begins."""

    new: NewPersonalReminder
    practice: PracticeFacts
    about: About


async def _ask(practice_id: UUID, new: NewPersonalReminder, request: Request, _caller: Writer) -> Asked:
    known = await _known(request.app.state.service, practice_id, new)
    return Asked(new, known.practice, commands.about(new, known))


async def _known(service: Service, practice_id: UUID, new: NewPersonalReminder) -> Known:
    if new.appointment_id is not None:
        return await agenda.about_appointments(service, practice_id, [new.appointment_id])
    assert new.owner_id is not None
    known = await agenda.about_owners(service, practice_id, [new.owner_id])
    if not new.animal_ids:
        return known
    return known.with_(await agenda.about_animals(service, practice_id, new.animal_ids))


@public.post("", status_code=201, responses=problems(InvalidRequest, NotFound, NothingToRemind))
async def plan_personal_reminder(
    asked: Annotated[Asked, Depends(_ask)], caller: Writer, now: Now, session: Write
) -> RemindersView:
    """Tell an owner something on a day: to keep the animal fasting, or to call with news of it. One row a
    channel, worded and judged when it is due."""
    rows = await commands.plan(session, asked.practice, asked.about, asked.new, now, caller.actor)
    return RemindersView(items=[ReminderView.of(row) for row in rows])
