"""Which calls there are to make, and which were made."""

from uuid import UUID

from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.ledger import queries
from vetagenda_reminders.ledger.vocabulary import Channel, Status
from vetagenda_reminders.phone_tasks.schemas import PhoneTaskView, TaskStatus
from vetagenda_reminders.tables import Reminder

_STATUSES: dict[TaskStatus, tuple[Status, ...]] = {
    "ready": (Status.READY,),
    "done": (Status.SENT, Status.FAILED),
}


async def tasks(session: ReadSession, status: TaskStatus, paging: PageRequest) -> Page[PhoneTaskView]:
    calls = col(Reminder.channel) == Channel.PHONE
    rows, following = await queries.paged(session, paging, calls, col(Reminder.status).in_(_STATUSES[status]))
    return Page(items=[PhoneTaskView.of(row) for row in rows], next=following)


async def get(session: ReadSession | WriteSession, reminder_id: UUID) -> Reminder:
    """Raises NotFound, also for a reminder that is no call."""
    row = await queries.get(session, reminder_id)
    if row.channel is not Channel.PHONE:
        raise NotFound("there is no such phone task")
    return row
