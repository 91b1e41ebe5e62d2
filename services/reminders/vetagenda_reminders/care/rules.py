"""When the steps around a visit are due (REM-16). Pure."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from vetagenda_reminders.appointments.rules import Planned, of_the_living
from vetagenda_reminders.care.schemas import AtHour, CareStep, Elapsed
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ledger.rules import AFTER_THE_VISIT, STANDS_IN
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason
from vetagenda_reminders.local_time import at_local, local_day, next_polite, previous_polite

USEFUL_FOR = timedelta(days=7)
"""How long a step after the visit may still be said."""

BEFORE, AFTER = STANDS_IN[Purpose.CARE], AFTER_THE_VISIT


def due(when: AtHour | Elapsed, appointment: AppointmentFacts, zone: ZoneInfo) -> datetime:
    """Counted from when the owner is expected: not even the minute of a step tells a hidden hour (REM-5)."""
    expected = appointment.expected_at(zone)
    if isinstance(when, Elapsed):
        return expected + timedelta(hours=when.hours)
    return at_local(local_day(expected, zone) + timedelta(days=when.days), when.at, zone)


def plan(
    appointment: AppointmentFacts,
    steps: Iterable[CareStep],
    zone: ZoneInfo,
    now: datetime,
    known: Collection[str] = (),
) -> list[Planned]:
    """The steps that should stand in this state. `known` are the rules that the ledger has rows of: what the
    visit left behind without such a row is not written down any more."""
    if appointment.owner is None:
        return []
    planned = [one for step in steps for one in _step(step, appointment, zone, now)]
    planned = of_the_living(appointment, planned)
    begun = now >= appointment.start
    return [one for one in planned if not (begun and one.skip and one.rule not in known)]


def _step(step: CareStep, appointment: AppointmentFacts, zone: ZoneInfo, now: datetime) -> Iterator[Planned]:
    expected = appointment.expected_at(zone)
    at = due(step.when, appointment, zone)
    follows = at >= expected
    if appointment.state not in (AFTER if follows else BEFORE):
        return
    useful_until = at + USEFUL_FOR if follows else expected
    for channel in step.channels:
        leaves = _polite(at, channel, zone, follows=follows)
        skip = SkipReason.INSIDE_WINDOW if leaves <= now else None
        yield Planned(step.rule, Purpose.CARE, channel, leaves, useful_until, skip)


def _polite(at: datetime, channel: Channel, zone: ZoneInfo, *, follows: bool) -> datetime:
    """An SMS that falls into the night leaves the evening before when it prepares the visit: in the morning
    the patient has eaten already. One that follows the visit waits for 08:00."""
    if channel is not Channel.SMS:
        return at
    return next_polite(at, zone) if follows else previous_polite(at, zone)
