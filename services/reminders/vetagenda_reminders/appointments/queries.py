"""Which appointments are to be planned; nothing here writes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from vetagenda_kit.db import ReadSession
from vetagenda_reminders.tables import AppointmentPlan


def changed(now: datetime) -> Select[AppointmentPlan]:
    """Plans that are behind their appointment, the longest waiting first."""
    return (
        select(AppointmentPlan)
        .where(col(AppointmentPlan.dirty), col(AppointmentPlan.retry_at) <= now)
        .order_by(col(AppointmentPlan.retry_at))
    )


def changed_in(practice_id: UUID) -> Select[AppointmentPlan]:
    return select(AppointmentPlan).where(
        col(AppointmentPlan.dirty), col(AppointmentPlan.practice_id) == practice_id
    )


async def is_behind(session: ReadSession, practice_id: UUID) -> bool:
    return (await session.scalars(changed_in(practice_id).limit(1))).first() is not None
