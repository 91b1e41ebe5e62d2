"""What was given and done, with its reminders; nothing here writes."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession
from vetagenda_kit.pages import PageRequest
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.products.schemas import RecordedAdministration
from vetagenda_reminders.tables import Administration, Reminder


async def get(session: ReadSession, administration_id: UUID) -> Administration:
    found = await session.get(Administration, administration_id)
    if found is None:
        raise NotFound("there is no such administration")
    return found


async def page(
    session: ReadSession, animal_id: UUID | None, product_id: UUID | None, paging: PageRequest
) -> tuple[list[Administration], str | None]:
    query = select(Administration).order_by(col(Administration.id)).limit(paging.reach)
    if animal_id is not None:
        query = query.where(col(Administration.animal_id) == animal_id)
    if product_id is not None:
        query = query.where(col(Administration.product_id) == product_id)
    if last := paging.after_id():
        query = query.where(col(Administration.id) > last)
    return paging.cut(list(await session.scalars(query)))


async def shown(session: ReadSession, found: Sequence[Administration]) -> list[RecordedAdministration]:
    query = (
        select(Reminder)
        .where(col(Reminder.subject_id).in_([one.id for one in found]))
        .order_by(col(Reminder.due_at), col(Reminder.id))
    )
    rows: dict[UUID, list[ReminderView]] = defaultdict(list)
    for row in await session.scalars(query) if found else ():
        rows[row.subject_id].append(ReminderView.of(row))
    return [_view(one, rows[one.id]) for one in found]


def _view(one: Administration, reminders: list[ReminderView]) -> RecordedAdministration:
    known = one.model_dump(include=set(RecordedAdministration.model_fields))
    return RecordedAdministration(**known, reminders=reminders)
