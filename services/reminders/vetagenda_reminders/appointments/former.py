"""Which time somebody knows of an appointment: the start that they were told last. Pure."""

from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

from vetagenda_reminders.appointments.hearing import last_told, latest_first
from vetagenda_reminders.facts import AppointmentFacts, State
from vetagenda_reminders.ledger.rules import STANDS_IN
from vetagenda_reminders.ledger.vocabulary import Channel, Status
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.tables import Reminder


def former_start(
    rows: Iterable[Reminder], told: tuple[str, Channel, str], seen: datetime | None, start: datetime
) -> datetime | None:
    """As the practice's people know it, who see the agenda. `told` is the rule, the channel and the recipient
    of the message that will tell of the move. While an earlier move waits to be told, its time is not known
    to them. None for what moved back."""
    waiting = [
        row
        for row in rows
        if row.status is Status.PLANNED and (row.rule, row.channel, row.recipient_key) == told
    ]
    former = waiting[-1].moved_from if waiting else seen
    return None if former == start else former


def start_known_to_owner(rows: Iterable[Reminder], current: AppointmentFacts) -> datetime | None:
    """By what has left for them. None for who was told nothing, for what moved back, and where that message
    told the hour and it is hidden now, or the other way round, or nobody knows (REM-5)."""
    told = last_told(rows, current.owner_id)
    if told is None or told.hid_time is not current.hides_time:
        return None
    return None if told.about_start == current.start else told.about_start


Said = frozenset[tuple[str, Channel]]
"""Rules of messages, each with the channel by which it was said."""


def said_of_this_time(rows: Iterable[Reminder], current: AppointmentFacts, zone: ZoneInfo) -> Said:
    """What has left for the owner since they were told of another time. Nothing when they know another one;
    where it moved there and back before that was told, what holds again."""
    told = takewhile(lambda row: _tells(row, current, zone), latest_first(rows, current.owner_id))
    return frozenset((rule, row.channel) for row in told for rule in (row.rule, *row.carries))


def _tells(row: Reminder, current: AppointmentFacts, zone: ZoneInfo) -> bool:
    """The same start, or another hour of the same day where the words name neither (REM-5): the day alone,
    or when to arrive, which is also until when those words are of use."""
    assert row.about_start
    if State.CANCELLED in STANDS_IN[row.purpose]:
        return False
    if row.about_start == current.start:
        return True
    if not (row.hid_time and current.hides_time):
        return False
    then = current.model_copy(update={"start": row.about_start}).expected_at(zone)
    same_day = local_day(row.about_start, zone) == local_day(current.start, zone)
    same_arrival = current.arrival_window is None or then == current.expected_at(zone)
    return same_day and same_arrival and row.useful_until == then
