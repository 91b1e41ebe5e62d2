"""From when an appointment has moved, as somebody knows it: the start that they were told last. Pure."""

from collections.abc import Iterable
from datetime import datetime

from vetagenda_reminders.appointments.hearing import last_told
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ledger.vocabulary import Channel, Status
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
