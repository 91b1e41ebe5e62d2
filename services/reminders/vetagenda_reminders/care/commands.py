"""Putting a care timeline re-plans what has not left around the visits of its type."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import CarePlanUpdated
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version, parse_if_match
from vetagenda_reminders.care.queries import view
from vetagenda_reminders.care.schemas import CarePlanRequest, CarePlanView
from vetagenda_reminders.care.tables import CarePlan
from vetagenda_reminders.ledger.rules import AFTER_THE_VISIT
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.tables import AppointmentPlan
from vetagenda_reminders.templates.lengths import check_sms
from vetagenda_reminders.templates.rules import APPOINTMENT, check_fields

LOOK_BACK = timedelta(days=61)
"""The longest that a step may follow its visit, and the day that zones differ."""


async def put(
    session: WriteSession,
    practice_id: UUID,
    appointment_type_id: UUID,
    wanted: CarePlanRequest,
    now: datetime,
    actor: Actor,
    if_match: str | None,
) -> CarePlanView:
    """Raises StaleVersion, VersionRequired, and InvalidRequest for a merge field that does not exist."""
    _check_texts(wanted)
    key = (practice_id, appointment_type_id)
    plan = await session.get(CarePlan, key, with_for_update=True)
    if plan is not None or if_match is not None:
        check_version(parse_if_match(if_match), plan.version if plan else 0)
    if plan is None:
        plan = CarePlan(practice_id=practice_id, appointment_type_id=appointment_type_id, steps=[])
        session.add(plan)
    plan.steps = [step.model_dump(mode="json") for step in wanted.steps]
    plan.version += 1
    await _plan_again(session, practice_id, now - LOOK_BACK)
    said = CarePlanUpdated(
        practice_id=practice_id, actor=actor, aggregate_id=appointment_type_id, version=plan.version
    )
    outbox.add(session, said)
    return view(plan)


def _check_texts(wanted: CarePlanRequest) -> None:
    for number, step in enumerate(wanted.steps):
        check_fields(step.text, f"/steps/{number}/text", APPOINTMENT)
        if Channel.SMS in step.channels:
            check_sms(step.text, f"/steps/{number}/text")
        check_fields(step.subject or "", f"/steps/{number}/subject", APPOINTMENT)


async def _plan_again(session: WriteSession, practice_id: UUID, after: datetime) -> None:
    """Also visits that are over: a step may follow them. Of which type each is, the agenda knows."""
    statement = (
        update(AppointmentPlan)
        .where(
            col(AppointmentPlan.practice_id) == practice_id,
            col(AppointmentPlan.state).in_(AFTER_THE_VISIT),
            col(AppointmentPlan.start) > after,
        )
        .values(dirty=True, retry_at=system_now())
    )
    await session.execute(statement.execution_options(synchronize_session=False))
