"""Storing one appointment's own choices: what has not left is planned anew by them (REM-2)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import MessagesChosen
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version, parse_if_match
from vetagenda_kit.ids import uuid7
from vetagenda_reminders.appointments import choices, marking
from vetagenda_reminders.appointments.schemas import PutMessages
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.tables import AppointmentChoice, AppointmentPlan


async def choose(
    session: WriteSession,
    practice_id: UUID,
    appointment: AppointmentFacts,
    wanted: PutMessages,
    if_match: str | None,
    actor: Actor,
) -> AppointmentChoice:
    """Raises StaleVersion, VersionRequired, and InvalidRequest for what such a message cannot have."""
    choices.check(wanted.messages)
    row = await session.get(AppointmentChoice, appointment.id, with_for_update=True)
    if row is not None or if_match is not None:
        check_version(parse_if_match(if_match), row.version if row else 0)
    if row is None:
        row = _new(practice_id, appointment.id)
        session.add(row)
    row.messages = [one.model_dump(mode="json", exclude_none=True) for one in wanted.messages]
    row.owner_id, row.changed_at = appointment.owner_id, system_now()
    row.version += 1
    await session.flush()
    await marking.plan_one_again(session, appointment.id)
    outbox.add(session, _said(row, actor))
    return row


def _new(practice_id: UUID, appointment_id: UUID) -> AppointmentChoice:
    return AppointmentChoice(
        appointment_id=appointment_id,
        id=uuid7(),
        practice_id=practice_id,
        version=0,
        changed_at=system_now(),
        messages=[],
    )


def _said(row: AppointmentChoice, actor: Actor) -> MessagesChosen:
    return MessagesChosen(
        practice_id=row.practice_id,
        actor=actor,
        aggregate_id=row.id,
        version=row.version,
        appointment_id=row.appointment_id,
    )


async def forget(session: WriteSession, before: datetime) -> None:
    """Personal words may be personal data: they go when nothing can be said with them any more."""
    plan = select(col(AppointmentPlan.appointment_id)).where(
        col(AppointmentPlan.appointment_id) == col(AppointmentChoice.appointment_id),
        func.coalesce(col(AppointmentPlan.start), before) >= before,
    )
    old = delete(AppointmentChoice).where(col(AppointmentChoice.changed_at) < before, ~plan.exists())
    await session.execute(old.execution_options(synchronize_session=False))


async def forget_owner(session: WriteSession, owner_id: UUID) -> None:
    theirs = delete(AppointmentChoice).where(col(AppointmentChoice.owner_id) == owner_id)
    await session.execute(theirs.execution_options(synchronize_session=False))
