"""Routes of one appointment's messages."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read
from vetagenda_kit.etags import etag
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.appointments import choosing, immediate, overview
from vetagenda_reminders.appointments.immediate import NothingToRemind
from vetagenda_reminders.appointments.schemas import MessagesView, OrderedView, PutMessages, SendMessage
from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.peers import agenda

public = router(
    tags=["reminders"], prefix="/v1/practices/{practice_id}/appointments/{appointment_id}/messages"
)

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]


@dataclass(frozen=True)
class Asked:
    """What the agenda says of the appointment, asked before the transaction begins."""

    practice: PracticeFacts
    appointment: AppointmentFacts


async def _ask(practice_id: UUID, appointment_id: UUID, request: Request) -> Asked:
    known = await agenda.about_appointments(request.app.state.service, practice_id, [appointment_id])
    appointment = known.appointments.get(appointment_id)
    if appointment is None:
        raise NotFound("there is no such appointment")
    return Asked(known.practice, appointment)


async def _ask_to_read(practice_id: UUID, appointment_id: UUID, request: Request, _caller: Reader) -> Asked:
    return await _ask(practice_id, appointment_id, request)


async def _ask_to_write(practice_id: UUID, appointment_id: UUID, request: Request, _caller: Writer) -> Asked:
    return await _ask(practice_id, appointment_id, request)


@public.get("", responses=problems(NotFound))
async def get_appointment_messages(
    asked: Annotated[Asked, Depends(_ask_to_read)], session: Read, response: Response
) -> MessagesView:
    """The messages that this appointment has or could have: its own choice, its type's words, the practice's
    settings, in this order."""
    view = await overview.of(session, asked.practice, asked.appointment)
    response.headers["ETag"] = etag(view.version)
    return view


@public.put("", responses=problems(NotFound, InvalidRequest, StaleVersion, VersionRequired))
async def put_appointment_messages(
    practice_id: UUID,
    wanted: PutMessages,
    asked: Annotated[Asked, Depends(_ask_to_write)],
    caller: Writer,
    session: Write,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> MessagesView:
    """Choose for this appointment alone. What has not left is planned again, at once; what has left stays so.

    The first time needs no If-Match.
    """
    await choosing.choose(session, practice_id, asked.appointment, wanted, if_match, caller.actor)
    view = await overview.of(session, asked.practice, asked.appointment)
    response.headers["ETag"] = etag(view.version)
    return view


@public.post("/send", status_code=202, responses=problems(NotFound, InvalidRequest, NothingToRemind))
async def send_appointment_message(
    wanted: SendMessage,
    asked: Annotated[Asked, Depends(_ask_to_write)],
    caller: Writer,
    session: Write,
) -> OrderedView:
    """Remind the owner now, beside what is planned. By SMS between 08:00 and 20:00, otherwise at 08:00; it is
    judged when it leaves, as every message is."""
    now = asked.practice.now or system_now()
    rows = await immediate.order(session, asked.practice, asked.appointment, wanted, now, caller.actor)
    return OrderedView(reminders=[ReminderView.of(row) for row in rows])
