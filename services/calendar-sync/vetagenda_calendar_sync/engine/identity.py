"""Ids that either side can compute again, so that nothing is ever made twice (R-ID)."""

import base64
from uuid import UUID, uuid5

NAMESPACE = UUID("6f1e7c54-8a0b-5d0e-9a35-2f4c1d0b7e11")
ADOPTABLE_INCARNATIONS = 16


def link_key(calendar_id: UUID, provider: str, remote_calendar_id: str) -> UUID:
    """The same for every link between this column and this remote calendar: reconnecting adopts."""
    return uuid5(NAMESPACE, f"{calendar_id}/{provider}/{remote_calendar_id}")


def remote_id(key: UUID, appointment_id: UUID, incarnation: int) -> str:
    """A Google event id (base32hex, lower case) for an appointment that was made in the agenda.

    A deleted id stays taken, so an event that has to come back comes as the next incarnation.
    """
    number = uuid5(key, f"event/{appointment_id}/{incarnation}")
    return base64.b32hexencode(number.bytes).decode().rstrip("=").lower()


def is_ours(key: UUID, appointment_id: UUID, event_id: str) -> int | None:
    """The incarnation under which this event id is that appointment's; None when it is not its own
    (a person who copies an event copies our stamps with it)."""
    numbers = range(ADOPTABLE_INCARNATIONS)
    return next((n for n in numbers if remote_id(key, appointment_id, n) == event_id), None)


def local_id(key: UUID, event_id: str, incarnation: int = 0) -> UUID:
    """The appointment's id of an event that was typed in the remote calendar."""
    return uuid5(key, f"appointment/{event_id}/{incarnation}" if incarnation else f"appointment/{event_id}")
