"""When a person's own reminder leaves, and until when it is of use. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from vetagenda_kit.problems import InvalidRequest
from vetagenda_reminders.ledger.vocabulary import BY_HAND, Channel
from vetagenda_reminders.local_time import at_local, local_day, next_polite, previous_polite

DAYS_OF_USE = 2
DAYS_TO_DO = 14
"""How many local days, the first included, a message is of use; a letter or a call waits for a person."""


@dataclass(frozen=True, slots=True)
class Timing:
    due_at: datetime
    useful_until: datetime
    send_on: date


@dataclass(frozen=True, slots=True)
class PracticeDay:
    """The practice's clock: its zone, its hour of sending, and the present."""

    zone: ZoneInfo
    send_hour: time
    now: datetime


def check_not_past(send_on: date | None, due_at: datetime | None, day: PracticeDay) -> None:
    """Raises InvalidRequest. Today is not past, though its send hour may be: then it leaves at once."""
    if send_on is not None and send_on < local_day(day.now, day.zone):
        raise InvalidRequest.at("/send_on", "this day has passed")
    if due_at is not None and due_at < day.now:
        raise InvalidRequest.at("/due_at", "this time has passed")


def wanted_at(send_on: date | None, due_at: datetime | None, day: PracticeDay) -> datetime:
    """The instant that was asked for; one of the two is given."""
    if due_at is not None:
        return due_at
    assert send_on is not None
    return at_local(send_on, day.send_hour, day.zone)


def timing(wanted: datetime, channel: Channel, day: PracticeDay, start: datetime | None = None) -> Timing:
    """What is said before a visit is of no use after its `start`."""
    due_at = _polite(wanted, day, start) if channel is Channel.SMS else wanted
    return Timing(due_at, useful_until(due_at, channel, day.zone, start), local_day(due_at, day.zone))


def _polite(wanted: datetime, day: PracticeDay, start: datetime | None) -> datetime:
    """Between 08:00 and 20:00; for an early visit the evening before, when that has not passed."""
    polite = next_polite(wanted, day.zone)
    if start is None or wanted >= start or polite < start:
        return polite
    return max(previous_polite(wanted, day.zone), day.now)


def useful_until(due_at: datetime, channel: Channel, zone: ZoneInfo, start: datetime | None) -> datetime:
    if start is not None and due_at < start:
        return start
    days = DAYS_TO_DO if channel in BY_HAND else DAYS_OF_USE
    return at_local(local_day(due_at, zone) + timedelta(days=days), time(0), zone)
