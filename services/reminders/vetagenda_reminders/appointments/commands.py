"""Brings the ledger in line with an appointment's present state.

Planning looks at states, not at events: what was planned last, what the agenda says now, what the
ledger holds. So a repeated, late or missing event is harmless, and several changes in a row are one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import PlanMade
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_reminders.appointments import rules
from vetagenda_reminders.appointments.choices import CONFIRMATION, NONE, Choices
from vetagenda_reminders.appointments.former import former_start
from vetagenda_reminders.appointments.hearing import heard, is_first_word_waiting
from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts, State
from vetagenda_reminders.ladder.settling import settle
from vetagenda_reminders.ledger import commands as ledger
from vetagenda_reminders.ledger import queries, steps
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.reconciliation import Existing, Key, reconcile
from vetagenda_reminders.ledger.rules import still_stands
from vetagenda_reminders.ledger.vocabulary import (
    WAITING,
    Channel,
    Purpose,
    SkipReason,
    Status,
    is_immediate,
)
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.preferences.schemas import ReminderSettings
from vetagenda_reminders.tables import AppointmentPlan, Reminder
from vetagenda_reminders.templates.precedence import Templates, name_practitioner

SECOND_LOOK = timedelta(minutes=5)
"""A cancellation that a calendar sync brought is told only when it still stands after this (SYNC-8)."""
_SET_ASIDE = (SkipReason.KNOWN_CONTACT, SkipReason.INSIDE_WINDOW, SkipReason.MERGED, SkipReason.DECEASED)
_BEGUN = (Status.READY, Status.SENDING, Status.SENT, Status.SKIPPED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Wish:
    """A planned message with its key in the ledger."""

    planned: rules.Planned
    key: Key

    @property
    def due_at(self) -> datetime:
        return self.planned.due_at

    @property
    def skip(self) -> SkipReason | None:
        return self.planned.skip

    @property
    def new_contacts_only(self) -> bool:
        return self.planned.new_contacts_only

    @property
    def late(self) -> bool:
        return self.planned.late


@dataclass(frozen=True, slots=True)
class Moment:
    """The practice at the moment of planning. `virtual` rows wait for a test practice's clock."""

    practice: PracticeFacts
    settings: ReminderSettings
    now: datetime
    virtual: bool
    templates: Templates
    choices: Mapping[UUID, Choices] = field(default_factory=dict)
    planners: tuple["Planner", ...] = ()

    def chosen_for(self, appointment_id: UUID) -> Choices:
        return self.choices.get(appointment_id, NONE)

    def names_practitioner(self, current: AppointmentFacts) -> bool:
        personal = self.chosen_for(current.id).personal
        return name_practitioner(current, self.templates, self.settings, personal)


class Planner(Protocol):
    """What an appointment brings besides confirmation, notices to its owner and reminders."""

    def __call__(
        self,
        plan: AppointmentPlan,
        seen: rules.Seen | None,
        current: AppointmentFacts,
        rows: list[Reminder],
        moment: Moment,
        /,
    ) -> Iterable[Wish]: ...


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
    named = moment.names_practitioner(current)
    current = rules.as_told(_seen(plan), current, practitioner_named=named)
    wishes = _as_climbed(_wishes(plan, current, rows, moment), rows)
    own = moment.chosen_for(current.id)
    changes = reconcile([_existing(row, current, own) for row in rows], wishes)
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
    settle(session, [*rows, *made], current.confirmed_by_owner_at, moment.now, actor)
    _remember(plan, current)


def _withdraw(
    session: WriteSession, row: Reminder, current: AppointmentFacts, now: datetime, actor: Actor
) -> None:
    """A visit that ends before its first word has left: the row says why none will come (REM-14)."""
    unsaid = current.state is State.CANCELLED and is_first_word_waiting(row)
    reason = SkipReason.SUPERSEDED if unsaid else None
    ledger.finish(session, row, Status.WITHDRAWN, now, actor, reason=reason)


def _as_climbed(wishes: list[Wish], rows: list[Reminder]) -> list[Wish]:
    """A ladder that has begun keeps the times to which it has moved its later steps."""
    begun = {(row.subject_sequence, row.rule) for row in rows if row.ladder_step and row.status in _BEGUN}
    waiting = {_key_of(row): row for row in rows if row.status is Status.PLANNED}

    def kept(wish: Wish) -> Wish:
        row = waiting.get(wish.key)
        later = (wish.planned.ladder_step or 1) > 1 and wish.key[:2] in begun
        return replace(wish, planned=replace(wish.planned, due_at=row.due_at)) if row and later else wish

    return [kept(wish) for wish in wishes]


def _number_steps(wishes: list[Wish], rows: list[Reminder]) -> None:
    """Another choice of channels makes other steps of rows that keep their time."""
    planned = {wish.key: wish.planned for wish in wishes}
    for row in rows:
        wanted = planned.get(_key_of(row))
        if row.status is Status.PLANNED and wanted:
            row.ladder_step, row.ladder_hours = wanted.ladder_step, wanted.ladder_hours


def _key_of(row: Reminder) -> Key:
    return (row.subject_sequence, row.rule, row.occurrence, row.channel, row.recipient_key)


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


def _wishes(
    plan: AppointmentPlan, current: AppointmentFacts, rows: list[Reminder], moment: Moment
) -> list[Wish]:
    announce = rules.announcement(
        _seen(plan),
        current,
        moment.now,
        ended_as=plan.ended_as or Purpose.CANCELLED,
        heard=heard(rows, current.owner_id),
        confirmation_waits=any(
            row.purpose is Purpose.CONFIRMATION and row.status is Status.PLANNED for row in rows
        ),
        practitioner_named=moment.names_practitioner(current),
    )
    told = None if plan.quiet else announce
    zone, own = moment.practice.zone, moment.chosen_for(current.id)
    planned = rules.plan(current, moment.settings, zone, moment.now, told, own)
    confirmed_by = _confirmed_by(rows) | {one.channel for one in planned if one.rule == CONFIRMATION}
    planned += rules.late_confirmations(current, moment.settings, zone, moment.now, own, confirmed_by)
    planned = [_from(one, plan, current, rows) for one in planned]
    wishes = [Wish(_held_back(one, plan), _key(one, current)) for one in planned]
    seen = _seen(plan)
    return wishes + [one for add in moment.planners for one in add(plan, seen, current, rows, moment)]


def _confirmed_by(rows: list[Reminder]) -> set[Channel]:
    return {row.channel for row in rows if row.rule == CONFIRMATION and row.status is not Status.WITHDRAWN}


def _from(
    planned: rules.Planned, plan: AppointmentPlan, current: AppointmentFacts, rows: list[Reminder]
) -> rules.Planned:
    """A time that the owner did not see then, or must not see now, is not told (REM-5)."""
    if planned.purpose is not Purpose.RESCHEDULED or plan.hid_time is not current.hides_time:
        return planned
    told = (planned.rule, planned.channel, f"owner:{current.owner_id}")
    return replace(planned, moved_from=former_start(rows, told, plan.start, current.start))


def _held_back(planned: rules.Planned, plan: AppointmentPlan) -> rules.Planned:
    if not plan.by_sync or planned.purpose is not Purpose.CANCELLED:
        return planned
    return replace(planned, due_at=planned.due_at + SECOND_LOOK)


def _seen(plan: AppointmentPlan) -> rules.Seen | None:
    if plan.state is None or plan.start is None or plan.sequence is None:
        return None
    return rules.Seen(plan.state, plan.sequence, plan.start, plan.owner_id, tuple(plan.calendar_ids))


def _key(planned: rules.Planned, current: AppointmentFacts) -> Key:
    return (current.sequence, planned.rule, 0, planned.channel, f"owner:{current.owner_id}")


def _existing(row: Reminder, current: AppointmentFacts, own: Choices) -> Existing:
    key = _key_of(row)
    set_aside = row.status is Status.SKIPPED and row.skip_reason in _SET_ASIDE and row.recorded_at is None
    stands = _stands(row, current, own)
    return Existing(row.id, key, row.status, row.due_at, stands, row.new_contacts_only, set_aside)


def _stands(row: Reminder, current: AppointmentFacts, own: Choices) -> bool:
    """An announcement of this revision, and what a person ordered for this time."""
    if own.silences(row.rule, row.channel) or not still_stands(queries.due_of(row), current):
        return False
    if row.purpose in (Purpose.REMINDER, Purpose.PUSH, Purpose.CARE):
        said_again = row.purpose is Purpose.REMINDER and row.occurrence > 0
        return is_immediate(row.rule) or said_again
    return row.subject_sequence == current.sequence


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
        virtual=moment.virtual,
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
    plan.hid_time = current.hides_time
    plan.changed_by = []
