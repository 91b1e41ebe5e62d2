"""Selects of care timelines."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.care.schemas import CarePlanView, CareStep
from vetagenda_reminders.care.tables import CarePlan
from vetagenda_reminders.facts import AppointmentFacts

Steps = Mapping[UUID, tuple[CareStep, ...]]
"""The steps around visits, by appointment type."""


async def get(session: ReadSession, practice_id: UUID, appointment_type_id: UUID) -> CarePlanView:
    plan = await session.get(CarePlan, (practice_id, appointment_type_id))
    if plan is None:
        raise NotFound("this appointment type has no care plan")
    return view(plan)


async def page(session: ReadSession, paging: PageRequest) -> Page[CarePlanView]:
    key = col(CarePlan.appointment_type_id)
    query = select(CarePlan).order_by(key).limit(paging.reach)
    if last := paging.after_id():
        query = query.where(key > last)
    found = list(await session.scalars(query))
    shown, following = paging.cut(found, lambda plan: (plan.appointment_type_id,))
    return Page(items=[view(plan) for plan in shown], next=following)


def view(plan: CarePlan) -> CarePlanView:
    return CarePlanView(
        appointment_type_id=plan.appointment_type_id, version=plan.version, steps=list(steps_of(plan))
    )


def steps_of(plan: CarePlan) -> tuple[CareStep, ...]:
    return tuple(CareStep.model_validate(each) for each in plan.steps)


async def steps_for(
    session: ReadSession | WriteSession, practice_id: UUID, appointments: Iterable[AppointmentFacts]
) -> dict[UUID, tuple[CareStep, ...]]:
    """Of the types of these appointments, in one select; jobs see every practice."""
    kinds = {one.appointment_type.id for one in appointments if one.appointment_type}
    if not kinds:
        return {}
    query = select(CarePlan).where(
        col(CarePlan.practice_id) == practice_id, col(CarePlan.appointment_type_id).in_(kinds)
    )
    return {plan.appointment_type_id: steps_of(plan) for plan in await session.scalars(query)}


def steps_around(appointment: AppointmentFacts, steps: Steps) -> tuple[CareStep, ...]:
    kind = appointment.appointment_type
    return steps.get(kind.id, ()) if kind else ()
