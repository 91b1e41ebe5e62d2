"""Which letters there are."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.problems import InvalidRequest, NotFound
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.letters.rules import TELLING, Sibling
from vetagenda_reminders.tables import Reminder

_OCCURRENCE = (Reminder.subject_id, Reminder.subject_sequence, Reminder.rule, Reminder.occurrence)
"""What a letter and the e-mail about the same thing have in common."""


async def named(session: ReadSession | WriteSession, ids: Collection[UUID]) -> list[Reminder]:
    """The rows, in the order of the ids. Raises NotFound, and InvalidRequest for what is no letter."""
    found = await session.scalars(select(Reminder).where(col(Reminder.id).in_(ids)))
    rows = {row.id: row for row in found}
    for number, one in enumerate(ids):
        if one not in rows:
            raise NotFound(f"/reminder_ids/{number}: there is no such reminder")
        if rows[one].channel is not Channel.LETTER:
            raise InvalidRequest.at(f"/reminder_ids/{number}", "this reminder is no letter")
    return [rows[one] for one in ids]


async def siblings(
    session: ReadSession | WriteSession, letters: Collection[Reminder]
) -> dict[UUID, list[Sibling]]:
    """By letter: the e-mails and SMS about the same occurrence."""
    keys = {_occurrence(row): row.id for row in letters}
    if not keys:
        return {}
    query = select(Reminder).where(
        col(Reminder.subject_id).in_({row.subject_id for row in letters}),
        tuple_(*map(col, _OCCURRENCE)).in_(keys),
        col(Reminder.channel).in_(TELLING),
    )
    beside: dict[UUID, list[Sibling]] = {}
    for row in await session.scalars(query.execution_options(populate_existing=True)):
        beside.setdefault(keys[_occurrence(row)], []).append(Sibling(row.status, row.due_at))
    return beside


def _occurrence(row: Reminder) -> tuple[UUID, int, str, int]:
    return row.subject_id, row.subject_sequence, row.rule, row.occurrence
