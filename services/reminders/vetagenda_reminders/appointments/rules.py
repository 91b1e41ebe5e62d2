"""Which messages an appointment brings, and when: from its present state and the practice's choices. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from vetagenda_reminders.appointments.choices import CHANNELS, CONFIRMATION, NONE, Choices
from vetagenda_reminders.facts import AppointmentFacts, State
from vetagenda_reminders.ladder.rules import ordered
from vetagenda_reminders.ladder.vocabulary import Delivery
from vetagenda_reminders.ledger.vocabulary import URGENT, Channel, Purpose, SkipReason
from vetagenda_reminders.local_time import next_polite, previous_polite
from vetagenda_reminders.preferences.schemas import (
    BookedInside,
    ReminderChoice,
    ReminderSettings,
    ReminderState,
)

SOON = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Planned:
    """One message that should be in the ledger. With `skip` it is kept only to say why it never leaves.
    `carries` names the reminders whose additions it takes along. `late`: its own time had passed already.
    `ladder_step` numbers the steps of a ladder, which wait `ladder_hours` each. `moved_from` is the start
    that the recipient knows of what has moved."""

    rule: str
    purpose: Purpose
    channel: Channel
    due_at: datetime
    useful_until: datetime
    skip: SkipReason | None = None
    carries: tuple[str, ...] = ()
    new_contacts_only: bool = False
    late: bool = False
    ladder_step: int | None = None
    ladder_hours: int | None = None
    moved_from: datetime | None = None


def plan(
    appointment: AppointmentFacts,
    settings: ReminderSettings,
    zone: ZoneInfo,
    now: datetime,
    announce: Purpose | None = None,
    own: Choices = NONE,
    chosen: Collection[Channel] | None = None,
) -> list[Planned]:
    """Every message that should stand for this state: the announcement, the reminders, the pushes. `chosen`
    are the announcement's channels, where whoever made the change chose them; None is as configured."""
    if appointment.owner is None or now >= appointment.start:
        return []
    told = list(_announced(appointment, settings, zone, now, announce, own, chosen))
    if appointment.state is not State.CONFIRMED:
        return of_the_living(appointment, told)
    told_on = {one.channel for one in told}
    reminders = list(_reminders(appointment, settings, zone, now, told_on, own))
    pushes = list(_pushes(appointment, settings, zone, now)) if appointment.published else []
    planned = [*_carrying(told, reminders), *_until_the_next(reminders), *_until_the_next(pushes)]
    return of_the_living(appointment, planned)


def of_the_living(appointment: AppointmentFacts, planned: list[Planned]) -> list[Planned]:
    """About the deceased nothing is said: what would have been is kept to say why (REM-14)."""
    if not appointment.all_deceased:
        return planned
    unsaid = (None, SkipReason.MERGED)
    return [replace(one, skip=SkipReason.DECEASED) if one.skip in unsaid else one for one in planned]


def _announced(
    appointment: AppointmentFacts,
    settings: ReminderSettings,
    zone: ZoneInfo,
    now: datetime,
    announce: Purpose | None,
    own: Choices,
    chosen: Collection[Channel] | None,
) -> Iterator[Planned]:
    if announce is None:
        return
    for channel in announcement_channels(announce, settings, own, chosen):
        yield _announcement(appointment, announce, channel, settings, zone, now)


def _announcement(
    appointment: AppointmentFacts,
    announce: Purpose,
    channel: Channel,
    settings: ReminderSettings,
    zone: ZoneInfo,
    now: datetime,
) -> Planned:
    expected = appointment.expected_at(zone)
    due = _held_until(now, expected, settings) if announce is Purpose.CONFIRMATION else now
    if announce not in URGENT and channel is Channel.SMS:
        due = next_polite(due, zone)
    return _judged(Planned(announce.value, announce, channel, due, expected))


def _held_until(now: datetime, expected: datetime, settings: ReminderSettings) -> datetime:
    """A confirmation waits for corrections, but not until it would be of no use."""
    due = now + timedelta(minutes=settings.confirmation_after_minutes)
    return due if due < expected else now


def late_confirmations(
    appointment: AppointmentFacts,
    settings: ReminderSettings,
    zone: ZoneInfo,
    now: datetime,
    own: Choices,
    confirmed_by: Collection[Channel],
) -> list[Planned]:
    """What somebody ordered for this appointment after it was booked, on a channel that never had one."""
    if appointment.state is not State.CONFIRMED or appointment.owner is None:
        return []
    if now >= appointment.start:
        return []
    confirmation = Purpose.CONFIRMATION
    ordered_late = [
        _announcement(appointment, confirmation, channel, settings, zone, now)
        for channel in CHANNELS
        if own.orders(CONFIRMATION, channel) and channel not in confirmed_by
    ]
    return of_the_living(appointment, ordered_late)


def announcement_channels(
    announce: Purpose,
    settings: ReminderSettings,
    own: Choices = NONE,
    chosen: Collection[Channel] | None = None,
) -> tuple[Channel, ...]:
    """The appointment's own choice of its confirmation stands before what was chosen with the change, and
    that before the practice's settings."""
    channels = _configured(announce, settings) if chosen is None else tuple(chosen)
    return own.confirmation(channels) if announce is Purpose.CONFIRMATION else channels


def _configured(announce: Purpose, settings: ReminderSettings) -> tuple[Channel, ...]:
    if announce is Purpose.CONFIRMATION:
        return settings.confirmation
    if announce is Purpose.REQUEST_RECEIVED:
        return settings.request_received
    return settings.notices


def _judged(planned: Planned) -> Planned:
    late = planned.due_at >= planned.useful_until
    return replace(planned, skip=SkipReason.TOO_LATE) if late else planned


def _reminders(
    appointment: AppointmentFacts,
    settings: ReminderSettings,
    zone: ZoneInfo,
    now: datetime,
    told_on: set[Channel],
    own: Choices,
) -> Iterator[Planned]:
    expected = appointment.expected_at(zone)
    for rule, practices in settings.numbered.items():
        if practices.delivery is Delivery.LADDER:
            yield from _steps(rule, practices, appointment, settings, zone, now, told_on, own)
            continue
        for channel in dict.fromkeys((*practices.channels, *CHANNELS)):
            choice = own.reminder(rule, channel, practices)
            if choice is None:
                continue
            due = choice.lead.before(expected, settings.send_hour, zone)
            planned = Planned(rule, Purpose.REMINDER, channel, due, expected)
            yield _timed(_chosen(planned, appointment, choice), choice, zone, now, told_on)


def _steps(
    rule: str,
    practices: ReminderChoice,
    appointment: AppointmentFacts,
    settings: ReminderSettings,
    zone: ZoneInfo,
    now: datetime,
    told_on: set[Channel],
    own: Choices,
) -> Iterator[Planned]:
    """A ladder's channels in order. The first has the reminder's time and decides whether it is said; where
    it is too late, an SMS at night for instance, the next begins."""
    expected, hours = appointment.expected_at(zone), practices.step_hours
    possible = (
        (channel, own.reminder(rule, channel, practices))
        for channel in ordered((*practices.channels, *CHANNELS))
    )
    first: Planned | None = None
    for number, (channel, choice) in enumerate(
        ((each, chosen) for each, chosen in possible if chosen), start=1
    ):
        if first is None or first.skip is SkipReason.TOO_LATE:
            due = choice.lead.before(expected, settings.send_hour, zone)
            planned = Planned(rule, Purpose.REMINDER, channel, due, expected, ladder_hours=hours)
            planned = replace(_chosen(planned, appointment, choice), ladder_step=number)
            first = _timed(planned, choice, zone, now, told_on)
            yield first
        else:
            due = first.due_at + timedelta(hours=hours * (number - (first.ladder_step or 1)))
            yield replace(first, channel=channel, due_at=min(due, expected), ladder_step=number)


def _chosen(planned: Planned, appointment: AppointmentFacts, choice: ReminderChoice) -> Planned:
    if choice.state is ReminderState.ON:
        return planned
    wanted = appointment.owner is not None and appointment.owner.is_new
    skip = None if wanted else SkipReason.KNOWN_CONTACT
    return replace(planned, skip=skip, new_contacts_only=True)


def _timed(
    planned: Planned, choice: ReminderChoice, zone: ZoneInfo, now: datetime, told_on: set[Channel]
) -> Planned:
    if planned.skip:
        return planned
    if planned.due_at > now:
        return polite(planned, zone, now)
    if choice.booked_inside is BookedInside.SKIP:
        return replace(planned, skip=SkipReason.INSIDE_WINDOW)
    if choice.booked_inside is BookedInside.MERGE and planned.channel in told_on:
        return replace(planned, skip=SkipReason.MERGED)
    return polite(replace(planned, due_at=now + SOON, late=True), zone, now)


def polite(planned: Planned, zone: ZoneInfo, now: datetime) -> Planned:
    """An SMS due at night leaves at 08:00, or, where that is too late to be of use, the evening before."""
    if planned.channel is not Channel.SMS:
        return _judged(planned)
    due = next_polite(planned.due_at, zone)
    if due >= planned.useful_until:
        earlier = previous_polite(planned.due_at, zone)
        due = earlier if earlier > now else due
    return _judged(replace(planned, due_at=due))


def _pushes(
    appointment: AppointmentFacts, settings: ReminderSettings, zone: ZoneInfo, now: datetime
) -> Iterator[Planned]:
    expected = appointment.expected_at(zone)
    for hours in sorted(settings.push_lead_hours, reverse=True):
        due = expected - timedelta(hours=hours)
        skip = SkipReason.INSIDE_WINDOW if due <= now else None
        yield Planned(f"push_{hours}h", Purpose.PUSH, Channel.PUSH, due, expected, skip)


def _carrying(told: list[Planned], reminders: Iterable[Planned]) -> list[Planned]:
    merged = [one for one in reminders if one.skip is SkipReason.MERGED]
    return [
        replace(one, carries=tuple(other.rule for other in merged if other.channel is one.channel))
        for one in told
    ]


def _until_the_next(planned: list[Planned]) -> list[Planned]:
    """A late reminder is of no use once the next one on the same channel is due (R12)."""
    ends: dict[tuple[str, Channel], datetime] = {}
    for channel in {one.channel for one in planned}:
        row = sorted((one for one in planned if one.channel is channel and not one.skip), key=_due)
        ends |= {(one.rule, channel): following.due_at for one, following in pairwise(row)}
    return [replace(one, useful_until=ends.get((one.rule, one.channel), one.useful_until)) for one in planned]


def _due(planned: Planned) -> datetime:
    return planned.due_at
