"""The ledger rows of one administration: each of its dates on each channel, once (REM-6, REM-7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ladder.rules import ordered
from vetagenda_reminders.ladder.vocabulary import Delivery
from vetagenda_reminders.ledger.vocabulary import WAITING, Channel, Purpose, SkipReason, Status
from vetagenda_reminders.local_time import at_local, local_day, next_polite
from vetagenda_reminders.preferences.queries import chosen
from vetagenda_reminders.products.rules import Occurrence, occurrences
from vetagenda_reminders.products.schemas import schedule_of
from vetagenda_reminders.tables import Administration, Reminder, ReminderRule

RECIPIENT = "animal-owner"
"""Whoever owns the animal when the message leaves."""
CUSTOM = "custom"
"""The ledger's `rule` of a reminder that has a date of its own."""
_TOLD = frozenset({Status.SENT, Status.SENDING, Status.CANCELLED})


@dataclass(frozen=True)
class Course:
    """What an administration brings. `rule` is a reminder rule's id, or CUSTOM. With `step_hours` the
    channels are the steps of a ladder, in order."""

    rule: str
    dates: tuple[Occurrence, ...]
    channels: tuple[Channel, ...]
    step_hours: int | None = None

    def holds_on_to(self, row: Reminder) -> bool:
        """A person set the row's days, and the course still has it."""
        numbers = {one.number for one in self.dates}
        same = row.rule == self.rule and row.occurrence in numbers and row.channel in self.channels
        return same and row.dates_chosen

    def says(self, row: Reminder) -> bool:
        """The row's message is one of it: the same channel, about the same day."""
        days = {(one.number, one.due_on) for one in self.dates}
        same = row.rule == self.rule and row.channel in self.channels
        return same and (row.occurrence, row.due_on) in days

    def step_of(self, channel: Channel) -> tuple[int, int]:
        """Its number in the ladder, and the hours between two steps; all at once otherwise."""
        if self.step_hours is None:
            return 1, 0
        return self.channels.index(channel) + 1, self.step_hours

    @property
    def takes(self) -> timedelta:
        """How long after its own day a reminder is of use: one that has a date of its own begins on it, and
        is until its last step had its turn."""
        if self.rule != CUSTOM or self.step_hours is None:
            return timedelta()
        return timedelta(hours=self.step_hours * (len(self.channels) - 1))


def by_rule(rule: ReminderRule, given_on: date, born_on: date | None, *, also_first: bool) -> Course:
    dates = occurrences(schedule_of(rule), given_on, born_on, also_first=also_first)
    if rule.delivery is Delivery.LADDER:
        steps = ordered(map(Channel, rule.channels))
        return Course(str(rule.id), tuple(dates), steps, rule.step_hours)
    return Course(str(rule.id), tuple(dates), _each_once(rule.channels))


def on_one_day(day: date, channels: Iterable[str], step_hours: int | None = None) -> Course:
    """A custom reminder: due and sent on that day, and never again; with `step_hours` its first step is."""
    dates = (Occurrence(1, day, day),)
    if step_hours is not None:
        return Course(CUSTOM, dates, ordered(map(Channel, channels)), step_hours)
    return Course(CUSTOM, dates, _each_once(channels))


def _each_once(channels: Iterable[str]) -> tuple[Channel, ...]:
    return tuple(dict.fromkeys(map(Channel, channels)))


async def plan(
    session: WriteSession,
    administration: Administration,
    course: Course,
    practice: PracticeFacts,
    before: Collection[Reminder] = (),
) -> list[Reminder]:
    """Its rows in order. What was told `before`, cancelled by a person or set to other days by one is not
    planned once more."""
    settings, _version = await chosen(session, practice.id)
    now = practice.now or system_now()
    told: set[tuple[object, ...]] = {_message(row) for row in before if row.status in _TOLD}
    told |= {_place(row) for row in before if row.dates_chosen and row.status in _TOLD | WAITING}
    planned = [
        _row(administration, course, one, channel, practice, settings.send_hour, now)
        for one in course.dates
        for channel in course.channels
    ]
    rows = [row for row in planned if told.isdisjoint((_message(row), _place(row)))]
    session.add_all(rows)
    return rows


def _message(row: Reminder) -> tuple[str, int, Channel, date | None]:
    return row.rule, row.occurrence, row.channel, row.due_on


def _place(row: Reminder) -> tuple[str, int, Channel]:
    """Which message of its course a row is, on whatever day."""
    return row.rule, row.occurrence, row.channel


def _row(
    administration: Administration,
    course: Course,
    one: Occurrence,
    channel: Channel,
    practice: PracticeFacts,
    send_hour: time,
    now: datetime,
) -> Reminder:
    """Due on its day at the send hour, of use until the end of the day that it is about."""
    first_at = at_local(one.send_on, send_hour, practice.zone)
    useful_until = _end_of(max(one.due_on, local_day(first_at + course.takes, practice.zone)), practice)
    number, hours = course.step_of(channel)
    due_at = min(first_at + timedelta(hours=hours * (number - 1)), max(useful_until, first_at))
    late = one.send_on < local_day(now, practice.zone)
    return Reminder(
        id=uuid7(),
        practice_id=administration.practice_id,
        subject_id=administration.id,
        subject_sequence=administration.sequence,
        rule=course.rule,
        occurrence=one.number,
        channel=channel,
        recipient_key=RECIPIENT,
        purpose=Purpose.PRODUCT,
        administration_id=administration.id,
        owner_id=administration.owner_id,
        animal_ids=[administration.animal_id],
        status=Status.SKIPPED if late else Status.PLANNED,
        skip_reason=SkipReason.TOO_LATE if late else None,
        finished_at=now if late else None,
        due_at=next_polite(due_at, practice.zone) if channel is Channel.SMS else due_at,
        useful_until=useful_until,
        send_on=local_day(due_at, practice.zone),
        due_on=one.due_on,
        virtual=practice.now is not None,
        ladder_step=number if course.step_hours else None,
        ladder_hours=course.step_hours,
    )


def _end_of(day: date, practice: PracticeFacts) -> datetime:
    return at_local(day + timedelta(days=1), time(0), practice.zone)
