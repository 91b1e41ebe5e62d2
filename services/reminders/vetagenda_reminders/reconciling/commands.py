"""Who goes through which practice, and when it was done; and marking what was found."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.facts import InAgenda
from vetagenda_reminders.reconciling.rules import Found
from vetagenda_reminders.reconciling.tables import Reconciliation
from vetagenda_reminders.tables import AppointmentPlan


async def claim(session: WriteSession, practice_id: UUID, night: datetime, lease: timedelta) -> bool:
    """Whether this worker is to go through the practice: nobody else does, nor did since that night."""
    now = system_now()
    row: dict[str, Any] = {"practice_id": practice_id, "leased_until": now + lease}
    free = col(Reconciliation.leased_until) <= now
    due = or_(col(Reconciliation.done_at).is_(None), col(Reconciliation.done_at) < night)
    statement = insert(Reconciliation).values(row | {"done_at": None})
    statement = statement.on_conflict_do_update(
        index_elements=["practice_id"], set_={"leased_until": now + lease}, where=free & due
    )
    claimed = await session.execute(statement.returning(col(Reconciliation.practice_id)))
    return claimed.first() is not None


async def done(session: WriteSession, practice_id: UUID) -> None:
    now = system_now()
    mine = update(Reconciliation).where(col(Reconciliation.practice_id) == practice_id)
    await session.execute(mine.values(done_at=now, leased_until=now))


async def mark(
    session: WriteSession,
    practice_id: UUID,
    found: Mapping[UUID, Found],
    agenda: Mapping[UUID, InAgenda],
) -> None:
    """Planning does the rest, as for any change: it asks the agenda, and says and withdraws what is right."""
    await _make([one for one, what in found.items() if what is Found.MISSING], practice_id, agenda, session)
    for one, what in found.items():
        if what is not Found.MISSING:
            known = agenda.get(one)
            await _look_again(session, one, known.version if known else 0)


async def _make(
    ids: Collection[UUID], practice_id: UUID, agenda: Mapping[UUID, InAgenda], session: WriteSession
) -> None:
    """Plans that were never made; where an event has made one meanwhile, that one stands."""
    if not ids:
        return
    rows = [
        {
            "appointment_id": one,
            "practice_id": practice_id,
            "version": 0,
            "dirty": True,
            "seen_version": agenda[one].version,
            "by_sync": False,
            "quiet": False,
            "retry_at": system_now(),
            "calendar_ids": [],
            "changed_by": [],
        }
        for one in ids
    ]
    await session.execute(insert(AppointmentPlan).values(rows).on_conflict_do_nothing())


async def _look_again(session: WriteSession, appointment_id: UUID, version: int) -> None:
    """From the version that there is: one that never comes back would be waited for without end."""
    again = {"dirty": True, "retry_at": system_now(), "seen_version": version}
    which = col(AppointmentPlan.appointment_id) == appointment_id
    await session.execute(update(AppointmentPlan).where(which).values(again))
