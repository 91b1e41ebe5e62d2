"""Pausing and resuming a link, a practice, or everything.

A cycle that begins and a pause that begins exclude each other by an advisory lock: whoever has been told that
nothing runs can rely on it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_calendar_sync.links.commands import WAKE
from vetagenda_calendar_sync.pauses.tables import PLATFORM, Level, SyncPause
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.db import WriteSession

_LOCK = 0x7E7A70
_EXCLUSIVE = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
_SHARED = text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")


async def let_none_begin(session: WriteSession) -> None:
    """Until the commit, no pause begins: for who begins a cycle."""
    await session.execute(_SHARED)


async def pause(
    session: WriteSession, level: Level, subject_id: UUID, practice_id: UUID, now: datetime
) -> bool:
    """False when it was paused already. Cycles under way end after the row that they work on."""
    await session.execute(_EXCLUSIVE)
    row = {"subject_id": subject_id, "practice_id": practice_id, "level": level, "since": now}
    statement = insert(SyncPause).values(**row).on_conflict_do_nothing()
    return (await session.execute(statement.returning(col(SyncPause.subject_id)))).first() is not None


async def resume(session: WriteSession, level: Level, subject_id: UUID, now: datetime) -> bool:
    """False when it was not paused. What was held back on either side follows in one cycle of each link."""
    ended = delete(SyncPause).where(col(SyncPause.subject_id) == subject_id)
    if (await session.execute(ended.returning(col(SyncPause.subject_id)))).first() is None:
        return False
    due = update(CalendarLink).values(next_run_at=now)
    if subject_id != PLATFORM:
        column = CalendarLink.id if level == "link" else CalendarLink.practice_id
        due = due.where(col(column) == subject_id)
    await session.execute(due)
    session.info[WAKE] = True
    return True
