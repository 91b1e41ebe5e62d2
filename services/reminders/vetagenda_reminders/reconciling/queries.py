"""What the ledger has of the appointments of one page; nothing here writes."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlmodel import col

from vetagenda_kit.db import ReadSession
from vetagenda_reminders.ledger.vocabulary import WAITING, Purpose
from vetagenda_reminders.reconciling.rules import InLedger
from vetagenda_reminders.tables import AppointmentPlan, Reminder


async def of_page(
    session: ReadSession,
    practice_id: UUID,
    ids: Collection[UUID],
    since: datetime,
    span: tuple[UUID | None, UUID | None],
) -> dict[UUID, InLedger]:
    """The plans of these appointments, and of all that should come within the page's span of ids."""
    first, last = span
    coming = and_(col(AppointmentPlan.start) > since, _still_told())
    within: list[ColumnElement[bool]] = [coming]
    if first:
        within.append(col(AppointmentPlan.appointment_id) > first)
    if last:
        within.append(col(AppointmentPlan.appointment_id) <= last)
    query = select(AppointmentPlan, coming.label("coming")).where(
        col(AppointmentPlan.practice_id) == practice_id,
        or_(col(AppointmentPlan.appointment_id).in_(list(ids)), and_(*within)),
    )
    rows = (await session.execute(query)).all()
    return {row.AppointmentPlan.appointment_id: _in_ledger(row.AppointmentPlan, row.coming) for row in rows}


def _still_told() -> ColumnElement[bool]:
    """There is a message about it that has not left."""
    plan = col(AppointmentPlan.appointment_id)
    personal = and_(col(Reminder.purpose) == Purpose.PERSONAL, col(Reminder.appointment_id) == plan)
    about = or_(col(Reminder.subject_id) == plan, personal)
    return exists().where(about, col(Reminder.status).in_(list(WAITING))).correlate(AppointmentPlan)


def _in_ledger(plan: AppointmentPlan, coming: bool) -> InLedger:
    return InLedger(
        id=plan.appointment_id,
        dirty=plan.dirty,
        seen=plan.seen_version,
        version=plan.planned_version,
        state=plan.state,
        start=plan.start,
        coming=coming,
    )
