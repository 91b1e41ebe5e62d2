"""Tells the agenda that owners have confirmed, outside of every transaction. The ladder stops by the
appointment's own event, as it does after the owner's link."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.ladder.answers import commands
from vetagenda_reminders.ladder.answers.rules import Came, Confirm, said_yes_to
from vetagenda_reminders.ladder.answers.tables import OwnerAnswer
from vetagenda_reminders.ledger.queries import due_of
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.tables import Reminder

BATCH = 50
_NOTHING_THERE = frozenset({404, 409})
log = logger("answers")


async def confirm(service: Service) -> None:
    """All that owners said yes to."""
    while len(await _confirm_some(service, None)) == BATCH:
        pass


async def confirm_of(service: Service, practice_id: UUID) -> list[str]:
    """In a test practice; a line for each answer."""
    lines: list[str] = []
    while answers := await _confirm_some(service, practice_id):
        lines += [f"answer to {answer.reminder_id}" for answer in answers]
    return lines


async def _confirm_some(service: Service, practice_id: UUID | None) -> Sequence[OwnerAnswer]:
    async with service.db.jobs_writing() as session:
        answers = await commands.claim(session, BATCH, service.settings.retry_after, practice_id)
    for answer in answers:
        try:
            await _confirm_one(service, answer)
        except ServiceUnavailable:
            log.warning("agenda_away_answer_waits")
    return answers


async def _confirm_one(service: Service, answer: OwnerAnswer) -> None:
    """Every visit that the message told of. Raises ServiceUnavailable: then it is asked anew."""
    rows = await _told_by(service, answer)
    asked = {row.appointment_id for row in rows if row.appointment_id}
    came: dict[UUID, Came] = {}
    if asked:
        known = await agenda.about_appointments(service, answer.practice_id, asked)
        now = known.practice.now or system_now()
        for row in rows:
            found = await _tell(service, row, known, now)
            if found is None:
                return
            came[row.id] = found
    async with service.db.jobs_writing() as session:
        await commands.conclude(session, answer, came)


async def _told_by(service: Service, answer: OwnerAnswer) -> list[Reminder]:
    """The row that was answered and those that its message told of too."""
    leader = answer.reminder_id
    query = select(Reminder).where(or_(col(Reminder.id) == leader, col(Reminder.merged_into) == leader))
    async with service.db.jobs_reading() as session:
        return list(await session.scalars(query.order_by(col(Reminder.id))))


async def _tell(service: Service, row: Reminder, known: Known, now: datetime) -> Came | None:
    """None when it is to be asked anew: the visit has just moved, or the agenda did not cope."""
    said = said_yes_to(due_of(row), known.appointments.get(row.subject_id), now)
    if not isinstance(said, Confirm):
        return said
    owner = commands.owner_by_sms(row)
    try:
        await agenda.confirm_by_owner(service, row.practice_id, row.subject_id, said.sequence, owner)
    except PeerProblem as problem:
        return Came.YES_TOO_LATE if problem.status in _NOTHING_THERE else None
    return Came.CONFIRMED
