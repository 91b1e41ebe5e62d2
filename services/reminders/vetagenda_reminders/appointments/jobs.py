"""Plans the messages of appointments that have changed: ask the agenda, then one transaction."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.jobs import side_by_side
from vetagenda_kit.service import Service
from vetagenda_reminders.appointments import commands, queries
from vetagenda_reminders.appointments.overview import choices_of
from vetagenda_reminders.appointments.wishes import Moment
from vetagenda_reminders.care.planning import CarePlanner
from vetagenda_reminders.care.queries import steps_for
from vetagenda_reminders.facts import State
from vetagenda_reminders.ladder.booked import end_calls
from vetagenda_reminders.ledger import queries as ledger_queries
from vetagenda_reminders.notices.planning import plan_notices
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.personal import commands as personal
from vetagenda_reminders.preferences.queries import chosen
from vetagenda_reminders.sending import merging, withdrawing
from vetagenda_reminders.tables import AppointmentPlan, Reminder
from vetagenda_reminders.templates.queries import texts_for

BATCH = 100
ROUNDS = 20


async def plan_changed(service: Service) -> set[UUID]:
    """All plans that are behind. The practices for which something was planned."""
    touched: set[UUID] = set()

    async def work() -> None:
        while practices := await plan_batch(service, queries.changed(system_now())):
            touched.update(practices)

    await side_by_side(work)
    return touched


async def plan_practice(service: Service, practice_id: UUID) -> None:
    """All plans of one practice, whoever else may be at it."""
    for _ in range(ROUNDS):
        if not await plan_batch(service, queries.changed_in(practice_id)):
            return


async def plan_batch(service: Service, changed: Select[AppointmentPlan]) -> set[UUID]:
    """One batch; the practices in it. Raises ServiceUnavailable when the agenda is away: all waits."""
    async with service.db.jobs_writing() as session:
        claimed = await commands.claim(session, changed, BATCH, service.settings.planning_lease)
    batches: dict[UUID, list[UUID]] = defaultdict(list)
    for plan in claimed:
        batches[plan.practice_id].append(plan.appointment_id)
    for practice_id, ids in batches.items():
        known = await agenda.about_appointments(service, practice_id, ids)
        await _stop_unheard(service, known, [plan for plan in claimed if plan.practice_id == practice_id])
        await _apply(service, known, ids)
        await _stop_outdated_orders(service, known, ids)
    return set(batches)


async def _apply(service: Service, known: Known, ids: list[UUID]) -> None:
    virtual = known.practice.now
    async with service.db.jobs_writing() as session:
        plans = await commands.locked(session, ids)
        moment = await _moment(session, known, virtual, ids)
        rows = await commands.rows_of(session, plans)
        for plan in filter(_is_dirty, plans):
            with service.tracing.span("plan messages", after=plan.traceparent):
                _plan_one(session, plan, known, rows[plan.appointment_id], moment, service.job("plan"))
        await _end_personal(session, known, ids, moment.now, service)
        await end_calls(session, known, ids, moment.now, service.job("plan"))


def _is_dirty(plan: AppointmentPlan) -> bool:
    return plan.dirty


def _plan_one(
    session: WriteSession,
    plan: AppointmentPlan,
    known: Known,
    rows: list[Reminder],
    moment: Moment,
    actor: Actor,
) -> None:
    current = known.appointments.get(plan.appointment_id)
    if current is None:
        commands.withdraw_all(session, plan, rows, moment.now, actor)
    elif current.version < plan.seen_version:
        commands.retry_soon(plan)
    else:
        commands.bring_in_line(session, plan, current, rows, moment, actor)


async def _end_personal(
    session: WriteSession, known: Known, ids: list[UUID], now: datetime, service: Service
) -> None:
    """What a person planned around a visit that will not be, or was not (AGD-11)."""
    found = {one: known.appointments.get(one) for one in ids}
    ended = [one for one, current in found.items() if current is None or current.state in personal.ENDED]
    if ended:
        await personal.withdraw(session, ended, now, service.job("plan"))


async def _moment(session: WriteSession, known: Known, virtual: datetime | None, ids: list[UUID]) -> Moment:
    """Read after the plans are locked: who changes a choice marks them, and so comes before or after."""
    settings, _version = await chosen(session, known.practice.id)
    templates = await texts_for(session, known.practice.id, known.appointments.values())
    choices = await choices_of(session, ids)
    steps = await steps_for(session, known.practice.id, known.appointments.values())
    planners = (CarePlanner(steps), plan_notices)
    now = virtual or system_now()
    return Moment(known.practice, settings, now, virtual is not None, templates, choices, planners)


async def _stop_unheard(service: Service, known: Known, plans: list[AppointmentPlan]) -> None:
    """Before the end or the move of a visit is planned: what an owner will never hear of it now is no news to
    follow, nor a time that they know."""
    if changed := [plan.appointment_id for plan in plans if _has_ended_or_moved(plan, known)]:
        await _stop_outdated_orders(service, known, changed)


def _has_ended_or_moved(plan: AppointmentPlan, known: Known) -> bool:
    current = known.appointments.get(plan.appointment_id)
    if current is None:
        return False
    return current.state is State.CANCELLED or plan.start not in (None, current.start)


async def _stop_outdated_orders(service: Service, known: Known, ids: list[UUID]) -> None:
    """An SMS that was ordered but has not left may be about a past revision by now: call it back."""
    async with service.db.jobs_reading() as session:
        ordered = await ledger_queries.still_with_sms(session, ids)
        others = await merging.merged_into(session, [row.id for row in ordered])
    known = await _with_others(service, known, ids, [*ordered, *others])
    await withdrawing.stop_untrue(service, known, ordered, others)


async def _with_others(service: Service, known: Known, ids: list[UUID], rows: list[Reminder]) -> Known:
    """A message can tell of visits beside those that changed."""
    unknown = {row.appointment_id or row.subject_id for row in rows} - set(ids)
    if not unknown:
        return known
    return known.with_(await agenda.about_appointments(service, known.practice.id, unknown))
