"""The steps that stand before a row."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, false, func, select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_reminders.ladder.rules import Rung
from vetagenda_reminders.ledger.vocabulary import UNCONFIRMED
from vetagenda_reminders.tables import Reminder

Rungs = dict[UUID, list[Rung]]
Ladder = tuple[UUID, int, str, int]
"""(subject, sequence, rule, occurrence): what the steps of one ladder have in common."""

_STEP: tuple[Any, ...] = (
    col(Reminder.subject_id),
    col(Reminder.subject_sequence),
    col(Reminder.rule),
    col(Reminder.occurrence),
    col(Reminder.ladder_step),
    col(Reminder.channel),
    col(Reminder.status),
    col(Reminder.due_at),
    col(Reminder.skip_reason),
    col(Reminder.finished_at),
    func.coalesce(col(Reminder.delivery) == UNCONFIRMED, false()),
)


def ladder_of(row: Reminder) -> Ladder:
    return row.subject_id, row.subject_sequence, row.rule, row.occurrence


def rung_of(row: Reminder) -> Rung:
    assert row.ladder_step
    return Rung(
        row.ladder_step,
        row.channel,
        row.status,
        row.due_at,
        row.skip_reason,
        row.finished_at,
        row.delivery == UNCONFIRMED,
    )


def wait_of(row: Reminder) -> timedelta:
    return timedelta(hours=row.ladder_hours or 0)


async def before(session: ReadSession | WriteSession, rows: Collection[Reminder]) -> Rungs:
    """By row that is a later step: the steps before it. Read when the rows are locked, so that who ends a
    step comes before, or finds this row and moves it."""
    later = [row for row in rows if (row.ladder_step or 1) > 1]
    if not later:
        return {}
    query = select(*_STEP).where(
        col(Reminder.subject_id).in_({row.subject_id for row in later}),
        col(Reminder.ladder_step).is_not(None),
    )
    ladders: dict[Ladder, list[Rung]] = {}
    for found in await session.execute(query):
        values: tuple[Any, ...] = tuple(found)
        subject, sequence, rule, occurrence, *step = values
        ladders.setdefault((subject, sequence, rule, occurrence), []).append(Rung(*step))
    return {
        row.id: sorted(
            (rung for rung in ladders.get(ladder_of(row), []) if rung.number < (row.ladder_step or 1)),
            key=lambda rung: rung.number,
        )
        for row in later
    }


async def is_behind(session: ReadSession, practice_id: UUID) -> bool:
    """A step of this practice has ended, and nobody has looked yet at what follows it."""
    query = select(exists().where(col(Reminder.practice_id) == practice_id, col(Reminder.ladder_look)))
    return bool(await session.scalar(query))
