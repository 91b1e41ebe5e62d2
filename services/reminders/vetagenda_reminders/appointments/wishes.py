"""What should stand in the ledger for an appointment's present state, and which of its rows still do.
Pure: the rows are only read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from vetagenda_contracts.agenda import Told
from vetagenda_reminders.appointments import news, rules
from vetagenda_reminders.appointments.choices import CONFIRMATION, NONE, Choices
from vetagenda_reminders.appointments.former import Said, said_of_this_time, start_known_to_owner
from vetagenda_reminders.appointments.hearing import heard
from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts
from vetagenda_reminders.ledger import queries
from vetagenda_reminders.ledger.reconciliation import Existing, Key
from vetagenda_reminders.ledger.rules import still_stands
from vetagenda_reminders.ledger.vocabulary import (
    Channel,
    Purpose,
    SkipReason,
    Status,
    is_immediate,
)
from vetagenda_reminders.preferences.schemas import ReminderSettings
from vetagenda_reminders.tables import AppointmentPlan, Reminder
from vetagenda_reminders.templates.precedence import Templates, name_practitioner

SECOND_LOOK = timedelta(minutes=5)
"""What a calendar sync cancelled or moved is told only when it still stands after this (SYNC-8)."""
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
        seen: news.Seen | None,
        current: AppointmentFacts,
        rows: list[Reminder],
        moment: Moment,
        /,
    ) -> Iterable[Wish]: ...


def as_climbed(wishes: list[Wish], rows: list[Reminder]) -> list[Wish]:
    """A ladder that has begun keeps the times to which it has moved its later steps."""
    begun = {(row.subject_sequence, row.rule) for row in rows if row.ladder_step and row.status in _BEGUN}
    waiting = {key_of(row): row for row in rows if row.status is Status.PLANNED}

    def kept(wish: Wish) -> Wish:
        row = waiting.get(wish.key)
        later = (wish.planned.ladder_step or 1) > 1 and wish.key[:2] in begun
        return replace(wish, planned=replace(wish.planned, due_at=row.due_at)) if row and later else wish

    return [kept(wish) for wish in wishes]


def wishes_of(
    plan: AppointmentPlan, current: AppointmentFacts, rows: list[Reminder], moment: Moment
) -> list[Wish]:
    zone, own = moment.practice.zone, moment.chosen_for(current.id)
    named = moment.names_practitioner(current)
    # Who was named to the owner is in no row.
    said = frozenset() if named else said_of_this_time(rows, current, zone)
    announce = news.announcement(
        seen_in(plan),
        current,
        moment.now,
        ended_as=plan.ended_as or Purpose.CANCELLED,
        heard=heard(rows, current.owner_id),
        confirmation_waits=any(
            row.purpose is Purpose.CONFIRMATION and row.status is Status.PLANNED for row in rows
        ),
        practitioner_named=named,
        knows=bool(said),
    )
    told = None if plan.quiet else announce
    planned = rules.plan(current, moment.settings, zone, moment.now, told, own, _chosen_channels(plan))
    confirmed_by = _confirmed_by(rows) | {one.channel for one in planned if one.rule == CONFIRMATION}
    planned += rules.late_confirmations(current, moment.settings, zone, moment.now, own, confirmed_by)
    planned = [_from(_unless_said(one, said), current, rows) for one in planned]
    wishes = [Wish(_held_back(one, plan), _key(one, current)) for one in planned]
    seen = seen_in(plan)
    return wishes + [one for add in moment.planners for one in add(plan, seen, current, rows, moment)]


def _confirmed_by(rows: list[Reminder]) -> set[Channel]:
    return {row.channel for row in rows if row.rule == CONFIRMATION and row.status is not Status.WITHDRAWN}


def _unless_said(planned: rules.Planned, said: Said) -> rules.Planned:
    """What a late reminder would say has left already, before the visit moved away and back."""
    if planned.late and not planned.skip and (planned.rule, planned.channel) in said:
        return replace(planned, skip=SkipReason.ALREADY_SAID)
    return planned


def _from(planned: rules.Planned, current: AppointmentFacts, rows: list[Reminder]) -> rules.Planned:
    """A time that the owner does not know, or must not see now, is not told (REM-4, REM-5)."""
    if planned.purpose is not Purpose.RESCHEDULED:
        return planned
    return replace(planned, moved_from=start_known_to_owner(rows, current))


def _held_back(planned: rules.Planned, plan: AppointmentPlan) -> rules.Planned:
    if not plan.by_sync or planned.purpose not in (Purpose.CANCELLED, Purpose.RESCHEDULED):
        return planned
    return replace(planned, due_at=planned.due_at + SECOND_LOOK)


def seen_in(plan: AppointmentPlan) -> news.Seen | None:
    if plan.state is None or plan.start is None or plan.sequence is None:
        return None
    return news.Seen(plan.state, plan.sequence, plan.start, plan.owner_id, tuple(plan.calendar_ids))


def told_in(plan: AppointmentPlan) -> Told:
    """Who is told of the change that is planned now; null is as configured."""
    return Told.model_validate(plan.told or {})


def _chosen_channels(plan: AppointmentPlan) -> list[Channel] | None:
    told = told_in(plan).owner
    return None if told is None else [Channel(each) for each in told]


def _key(planned: rules.Planned, current: AppointmentFacts) -> Key:
    return (current.sequence, planned.rule, 0, planned.channel, f"owner:{current.owner_id}")


def key_of(row: Reminder) -> Key:
    return (row.subject_sequence, row.rule, row.occurrence, row.channel, row.recipient_key)


def existing(row: Reminder, current: AppointmentFacts, own: Choices) -> Existing:
    key = key_of(row)
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
