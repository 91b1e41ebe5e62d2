"""Brings the ledger in line with an appointment's present state.

Planning looks at states, not at events: what was planned last, what the agenda says now, what the
ledger holds. So a repeated, late or missing event is harmless, and several changes in a row are one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import PlanMade
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.tracing import traceparent
from vetagenda_reminders.appointments import news, rules
from vetagenda_reminders.appointments.hearing import is_first_word_waiting
from vetagenda_reminders.appointments.wishes import (
    Moment,
    Wish,
    as_climbed,
    existing,
    key_of,
    seen_in,
    wishes_of,
)
from vetagenda_reminders.facts import AppointmentFacts, State
from vetagenda_reminders.ladder.settling import settle
from vetagenda_reminders.ledger import commands as ledger
from vetagenda_reminders.ledger import queries, steps
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.reconciliation import reconcile
from vetagenda_reminders.ledger.vocabulary import (
    WAITING,
    SkipReason,
    Status,
)
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.tables import AppointmentPlan, Reminder


async def claim(
    session: WriteSession, changed: Select[AppointmentPlan], limit: int, lease: timedelta
) -> list[AppointmentPlan]:
    """Take plans for one worker; one that cannot be made goes to the end of the queue."""
    plans = list(await session.scalars(changed.limit(limit).with_for_update(skip_locked=True)))
    for plan in plans:
        plan.retry_at = system_now() + lease
    return plans


async def locked(session: WriteSession, ids: Iterable[UUID]) -> list[AppointmentPlan]:
    query = select(AppointmentPlan).where(col(AppointmentPlan.appointment_id).in_(list(ids)))
    return list(await session.scalars(query.order_by(col(AppointmentPlan.appointment_id)).with_for_update()))


def retry_soon(plan: AppointmentPlan) -> None:
    plan.retry_at = system_now() + timedelta(seconds=1)


def bring_in_line(
    session: WriteSession,
    plan: AppointmentPlan,
    current: AppointmentFacts,
    rows: list[Reminder],
    moment: Moment,
    actor: Actor,
) -> None:
    """Plan, then execute: insert, move and withdraw rows, and remember what was planned for."""
    if plan.told and plan.told["sequence"] != current.sequence:
        plan.told = None  # it has changed again since
    named = moment.names_practitioner(current)
    current = news.as_told(seen_in(plan), current, practitioner_named=named)
    wishes = as_climbed(wishes_of(plan, current, rows, moment), rows)
    own = moment.chosen_for(current.id)
    changes = reconcile([existing(row, current, own) for row in rows], wishes)
    by_id = {row.id: row for row in rows}
    made = [_row(wish, current, moment) for wish in changes.insert]
    session.add_all(made)
    steps.note_made(session, made, actor, moment.now)
    _tell_made(session, plan, current, made, actor)
    for row_id, wish in changes.replan:
        _replan(session, by_id[row_id], wish, moment, actor)
    for row_id in changes.withdraw:
        _withdraw(session, by_id[row_id], current, moment.now, actor)
    _number_steps(wishes, rows)
    _note_hidden(rows, current)
    settle(session, [*rows, *made], current.confirmed_by_owner_at, moment.now, actor)
    _remember(plan, current)


def _withdraw(
    session: WriteSession, row: Reminder, current: AppointmentFacts, now: datetime, actor: Actor
) -> None:
    """A visit that ends before its first word has left: the row says why none will come (REM-14)."""
    unsaid = current.state is State.CANCELLED and is_first_word_waiting(row)
    reason = SkipReason.SUPERSEDED if unsaid else None
    ledger.finish(session, row, Status.WITHDRAWN, now, actor, reason=reason)


def _number_steps(wishes: list[Wish], rows: list[Reminder]) -> None:
    """Another choice of channels makes other steps of rows that keep their time."""
    planned = {wish.key: wish.planned for wish in wishes}
    for row in rows:
        wanted = planned.get(key_of(row))
        if row.status is Status.PLANNED and wanted:
            row.ladder_step, row.ladder_hours = wanted.ladder_step, wanted.ladder_hours


def _note_hidden(rows: list[Reminder], current: AppointmentFacts) -> None:
    """What waits is worded when it leaves: another type hides its hour, or tells it."""
    for row in rows:
        if row.status is Status.PLANNED:
            row.hid_time = current.hides_time


def withdraw_all(
    session: WriteSession, plan: AppointmentPlan, rows: list[Reminder], now: datetime, actor: Actor
) -> None:
    """The agenda no longer knows the appointment."""
    for row in rows:
        if row.status in WAITING:
            ledger.finish(session, row, Status.WITHDRAWN, now, actor)
    plan.dirty = False


async def rows_of(session: WriteSession, plans: list[AppointmentPlan]) -> dict[UUID, list[Reminder]]:
    found: dict[UUID, list[Reminder]] = {plan.appointment_id: [] for plan in plans}
    for row in await queries.of_subjects(session, list(found)):
        found[row.subject_id].append(row)
    return found


def _tell_made(
    session: WriteSession,
    plan: AppointmentPlan,
    current: AppointmentFacts,
    made: list[Reminder],
    actor: Actor,
) -> None:
    """All new rows of a plan in one event."""
    if not made:
        return
    plan.version += 1
    outbox.add(
        session,
        PlanMade(
            practice_id=plan.practice_id,
            actor=actor,
            aggregate_id=current.id,
            version=plan.version,
            sequence=current.sequence,
            planned=[row.id for row in made if row.status is Status.PLANNED],
            skipped=[row.id for row in made if row.status is Status.SKIPPED],
        ),
    )


def _row(wish: Wish, current: AppointmentFacts, moment: Moment) -> Reminder:
    planned = wish.planned
    row = Reminder(
        id=uuid7(),
        practice_id=moment.practice.id,
        subject_id=current.id,
        subject_sequence=current.sequence,
        rule=planned.rule,
        occurrence=wish.key[2],
        channel=planned.channel,
        recipient_key=wish.key[-1],
        purpose=planned.purpose,
        appointment_id=current.id,
        owner_id=current.owner_id,
        animal_ids=[animal.id for animal in current.animals],
        due_at=planned.due_at,
        useful_until=planned.useful_until,
        send_on=local_day(planned.due_at, moment.practice.zone),
        about_start=current.start,
        hid_time=current.hides_time,
        virtual=moment.virtual,
        traceparent=traceparent(),
    )
    _set(row, planned, moment)
    return row


def _replan(session: WriteSession, row: Reminder, wish: Wish, moment: Moment, actor: Actor) -> None:
    row.version += 1
    row.due_at, row.useful_until = wish.planned.due_at, wish.planned.useful_until
    row.send_on = local_day(row.due_at, moment.practice.zone)
    row.lease = row.leased_until = row.finished_at = row.recorded_at = row.skip_reason = None
    row.status = Status.PLANNED
    _set(row, wish.planned, moment)
    steps.note_replanned(session, row, actor, moment.now)
    tell(session, row, actor)


def _set(row: Reminder, planned: rules.Planned, moment: Moment) -> None:
    row.carries = list(planned.carries)
    row.new_contacts_only = planned.new_contacts_only
    row.moved_from = planned.moved_from
    row.ladder_step, row.ladder_hours = planned.ladder_step, planned.ladder_hours
    if planned.skip:
        row.status, row.skip_reason, row.finished_at = Status.SKIPPED, planned.skip, moment.now


def _remember(plan: AppointmentPlan, current: AppointmentFacts) -> None:
    plan.dirty = False
    plan.planned_version = current.version
    plan.state, plan.sequence, plan.start = current.state, current.sequence, current.start
    plan.owner_id, plan.calendar_ids = current.owner_id, list(current.calendar_ids)
    plan.changed_by, plan.told = [], None
