"""Looks at what follows a step that has ended. The mark is set in the transaction that ends the step, so a
crash in between only delays the next one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.service import Service
from vetagenda_reminders.ladder.settling import settle
from vetagenda_reminders.ledger import queries
from vetagenda_reminders.sending import jobs as sending
from vetagenda_reminders.tables import Reminder

BATCH = 200


async def climb(service: Service) -> None:
    """In all practices. What is due at once leaves with the next look of `send`; a test practice's clock
    stands still, so there it leaves here."""
    await _look(service, system_now(), col(Reminder.virtual).is_(False))
    for practice_id in await _virtual_behind(service):
        now = await service.clock.virtual(practice_id)
        if now is not None:
            await climb_of(service, practice_id, now)


async def climb_of(service: Service, practice_id: UUID, until: datetime) -> list[str]:
    """In a test practice, until nothing follows any more at `until`; a line for each row that left."""
    lines: list[str] = []
    whose = (col(Reminder.practice_id) == practice_id, col(Reminder.virtual).is_(True))
    while await _look(service, until, *whose):
        lines += await sending.send_due_of(service, practice_id, until)
    return lines


async def _look(service: Service, now: datetime, *whose: ColumnElement[bool]) -> int:
    """One batch; how many steps have changed."""
    marked = select(col(Reminder.subject_id)).where(col(Reminder.ladder_look), *whose).limit(BATCH)
    async with service.db.jobs_writing() as session:
        subjects = set(await session.scalars(marked))
        if not subjects:
            return 0
        rows = await queries.of_subjects(session, subjects)
        return settle(session, rows, None, now, service.job("ladder"))


async def _virtual_behind(service: Service) -> set[UUID]:
    query = (
        select(col(Reminder.practice_id)).where(col(Reminder.ladder_look), col(Reminder.virtual)).limit(BATCH)
    )
    async with service.db.jobs_reading() as session:
        return set(await session.scalars(query))
