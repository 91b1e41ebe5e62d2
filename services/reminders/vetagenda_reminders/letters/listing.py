"""The letters to print."""

from uuid import UUID

from sqlmodel import col

from vetagenda_kit.pages import PageRequest
from vetagenda_kit.service import Service
from vetagenda_reminders.ledger import queries
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.ledger.vocabulary import Channel, Status
from vetagenda_reminders.letters.schemas import Letters
from vetagenda_reminders.sending import by_hand
from vetagenda_reminders.tables import Reminder


async def ready(
    service: Service, practice_id: UUID, paging: PageRequest, animal_id: UUID | None, owner_id: UUID | None
) -> Letters:
    """Looked at anew: what may not be printed any more leaves the list here."""
    clauses = [col(Reminder.channel) == Channel.LETTER, col(Reminder.status) == Status.READY]
    if animal_id is not None:
        clauses.append(col(Reminder.animal_ids).contains([animal_id]))
    if owner_id is not None:
        clauses.append(col(Reminder.owner_id) == owner_id)
    async with service.db.reading([practice_id]) as session:
        rows, following = await queries.paged(session, paging, *clauses)
    shown = await by_hand.shown(service, practice_id, rows)
    items = [ReminderView.of(row) for row in shown.rows]
    return Letters(items=items, next=following, checked_at=shown.checked_at)
