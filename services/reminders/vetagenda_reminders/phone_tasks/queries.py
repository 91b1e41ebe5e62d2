"""Which calls there are to make, and which were made."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.pages import PageRequest
from vetagenda_kit.problems import NotFound, ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.ledger import queries
from vetagenda_reminders.ledger.vocabulary import Channel, Status
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.phone_tasks.schemas import PhoneTasks, PhoneTaskView
from vetagenda_reminders.sending import asking, by_hand, wording
from vetagenda_reminders.tables import Reminder

_CALLS = col(Reminder.channel) == Channel.PHONE
_MADE = (Status.SENT, Status.FAILED)


async def to_make(service: Service, practice_id: UUID, paging: PageRequest) -> PhoneTasks:
    """Looked at anew: what may not be done any more leaves the list here."""
    async with service.db.reading([practice_id]) as session:
        ready = col(Reminder.status) == Status.READY
        rows, following = await queries.paged(session, paging, _CALLS, ready)
    shown = await by_hand.shown(service, practice_id, rows)
    items = [view(row, shown.known) for row in shown.rows]
    return PhoneTasks(items=items, next=following, checked_at=shown.checked_at)


async def made(service: Service, practice_id: UUID, paging: PageRequest) -> PhoneTasks:
    async with service.db.reading([practice_id]) as session:
        rows, following = await queries.paged(session, paging, _CALLS, col(Reminder.status).in_(_MADE))
    known = await known_of(service, practice_id, rows)
    return PhoneTasks(items=[view(row, known) for row in rows], next=following, checked_at=None)


async def known_of(service: Service, practice_id: UUID, rows: Sequence[Reminder]) -> Known | None:
    """What the agenda says about these, if there are any and it answers."""
    try:
        return await asking.about(service, practice_id, rows) if rows else None
    except ServiceUnavailable:
        return None


def view(row: Reminder, known: Known | None) -> PhoneTaskView:
    """With the names of now, where the agenda has told them."""
    return PhoneTaskView.of(row, wording.facts_of(row, known) if known else None)


async def get(session: ReadSession | WriteSession, reminder_id: UUID) -> Reminder:
    """Raises NotFound, also for a reminder that is no call."""
    row = await queries.get(session, reminder_id)
    if row.channel is not Channel.PHONE:
        raise NotFound("there is no such phone task")
    return row
