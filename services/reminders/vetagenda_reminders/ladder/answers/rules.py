"""What a yes says yes to. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vetagenda_reminders.facts import AppointmentFacts, State
from vetagenda_reminders.ledger.rules import Due, still_stands
from vetagenda_reminders.ledger.vocabulary import Purpose

ASKS = frozenset({Purpose.CONFIRMATION, Purpose.RESCHEDULED, Purpose.PRACTITIONER, Purpose.REMINDER})
"""Messages that say when a visit is, so that a yes can mean nothing else. A person's own words, a care step
or an offer may have asked something else: their answers are for a person to read."""


class Came(StrEnum):
    """What came of an answer, as the row's timeline has it."""

    CONFIRMED = "confirmed"
    YES = "yes"
    YES_TO_ANOTHER_TIME = "yes_to_another_time"
    YES_TOO_LATE = "yes_too_late"
    STOP = "stop"
    START = "start"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Confirm:
    """The owner said yes to this revision of the appointment."""

    sequence: int


def said_yes_to(row: Due, appointment: AppointmentFacts | None, now: datetime) -> Confirm | Came:
    """Of a row that asks. A yes to a time that is no more is kept for a person: it was to another one."""
    if appointment is None or appointment.state is not State.CONFIRMED or now >= appointment.start:
        return Came.YES_TOO_LATE
    return Confirm(appointment.sequence) if still_stands(row, appointment) else Came.YES_TO_ANOTHER_TIME
