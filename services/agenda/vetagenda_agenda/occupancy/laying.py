"""Laying and lifting many subjects at once: the times of a series take as few statements as one time."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Range
from sqlalchemy import delete, insert
from sqlmodel import col

from vetagenda_agenda.occupancy import covered
from vetagenda_agenda.occupancy.freed import Freed, note
from vetagenda_agenda.tables import Occupancy
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7


async def lay_all(
    session: WriteSession,
    practice_id: UUID,
    calendar_id: UUID,
    kind: str,
    periods: dict[UUID, tuple[datetime, datetime]],
) -> None:
    """`periods` by subject: as `occupancy.commands.lay_over`, and the caller has locked the calendar."""
    if not periods:
        return
    rows = [row_of(practice_id, calendar_id, kind, subject_id, periods[subject_id]) for subject_id in periods]
    await session.execute(insert(Occupancy), rows)
    covered.note(session, practice_id)


def row_of(
    practice_id: UUID, calendar_id: UUID, kind: str, subject_id: UUID, during: tuple[datetime, datetime]
) -> dict[str, Any]:
    """Busy for everybody else, and no hindrance to what is there."""
    return {
        "id": uuid7(),
        "practice_id": practice_id,
        "calendar_id": calendar_id,
        "during": Range(*during),
        "exclusive": False,
        "kind": kind,
        "subject_id": subject_id,
    }


async def lift_all(session: WriteSession, subject_ids: Collection[UUID]) -> None:
    """Free what the subjects take, and note it for those who wait."""
    if not subject_ids:
        return
    freed = await session.execute(
        delete(Occupancy)
        .where(col(Occupancy.subject_id).in_(subject_ids))
        .returning(
            col(Occupancy.practice_id),
            col(Occupancy.subject_id),
            col(Occupancy.calendar_id),
            col(Occupancy.during),
        )
        .execution_options(synchronize_session=False)
    )
    for row in freed.all():
        during = row.during.lower, row.during.upper
        note(session, Freed(row.practice_id, row.subject_id, (row.calendar_id,), during))
