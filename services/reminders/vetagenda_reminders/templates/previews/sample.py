"""Whom a preview is about that names nobody: Milou, the dog of Élodie Plutôt, tomorrow at 10:00. Pure.

Her name takes two characters that an SMS of 160 characters has (É) and has not (ô): what names do to a text
is seen at once.
"""

from datetime import date, time, timedelta
from uuid import UUID

from vetagenda_reminders.facts import (
    AnimalFacts,
    AppointmentFacts,
    CalendarFacts,
    OwnerFacts,
    PracticeFacts,
    State,
    TypeFacts,
)
from vetagenda_reminders.local_time import at_local

_NOBODY = UUID(int=0)
OWNER = OwnerFacts(id=_NOBODY, given_name="Élodie", family_name="Plutôt")
ANIMAL = AnimalFacts(id=_NOBODY, name="Milou", species="dog", owner_id=_NOBODY)
_LENGTH_OF_A_TOKEN = 72


def appointment(today: date, practice: PracticeFacts) -> AppointmentFacts:
    start = at_local(today + timedelta(days=1), time(10), practice.zone)
    return AppointmentFacts(
        id=_NOBODY,
        version=1,
        sequence=0,
        state=State.CONFIRMED,
        start=start,
        end=start + timedelta(minutes=20),
        owner=OWNER,
        animals=(ANIMAL,),
        appointment_type=TypeFacts(id=_NOBODY, name="Consultation"),
        calendars=(CalendarFacts(id=_NOBODY, name="Dr Lefèvre"),),
    )


def link(public_url: str) -> str:
    """As long as an owner's link, and opens nothing: who reads a preview is not the owner."""
    return f"{public_url.rstrip('/')}/v1/links/{'x' * _LENGTH_OF_A_TOKEN}"
