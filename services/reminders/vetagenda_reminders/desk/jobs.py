"""Plans what tells of messages at the desk: asks the agenda, then one transaction each."""

from uuid import UUID

from vetagenda_kit.db import ReadSession
from vetagenda_kit.service import Service
from vetagenda_reminders import behind
from vetagenda_reminders.desk import commands
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.tables import DeskMessagePlan


async def plan_changed(service: Service) -> set[UUID]:
    """All that are behind. Their practices."""
    return await behind.plan_all(service, DeskMessagePlan, _plan_some)


async def plan_practice(service: Service, practice_id: UUID) -> None:
    await behind.plan_practice(service, DeskMessagePlan, practice_id, _plan_some)


async def is_behind(session: ReadSession, practice_id: UUID) -> bool:
    return await behind.is_behind(session, DeskMessagePlan, practice_id)


async def _plan_some(service: Service, practice_id: UUID, ids: list[UUID]) -> None:
    known = await agenda.about_desk_messages(service, practice_id, ids)
    for message_id in sorted(ids):
        async with service.db.jobs_writing() as session:
            message = known.desk_messages.get(message_id)
            await commands.bring_in_line(session, message_id, known.practice, message, service.job("plan"))
