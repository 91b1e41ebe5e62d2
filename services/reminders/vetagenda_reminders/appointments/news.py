"""Whether a change of an appointment is news to its owner, and which. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vetagenda_reminders.appointments.hearing import Heard
from vetagenda_reminders.facts import AppointmentFacts, State
from vetagenda_reminders.ledger.vocabulary import Purpose

_STANDING = frozenset({State.REQUESTED, State.CONFIRMED})
_BY_THE_OWNER = frozenset({"online", "partner"})
"""Where owners ask for a visit themselves, on the practice's page or in an app."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The appointment as it was when its messages were last planned."""

    state: State
    sequence: int
    start: datetime
    owner_id: UUID | None
    calendar_ids: tuple[UUID, ...]


def announcement(
    seen: Seen | None,
    current: AppointmentFacts,
    now: datetime,
    *,
    ended_as: Purpose = Purpose.CANCELLED,
    heard: Heard = Heard.NOTHING,
    confirmation_waits: bool = False,
    practitioner_named: bool = False,
    knows: bool = False,
) -> Purpose | None:
    """What the owner is to be told at once about this change, if anything.

    `ended_as` tells a declined or expired request from a cancellation, and `heard` is what the owner knows
    of the visit, by the ledger. `confirmation_waits`: one for an earlier state has not left yet. Then, and
    where it was called back, the new state is simply confirmed, because nobody can be told that something
    moved of which they never heard. `practitioner_named`: the practice's texts say whom the owner will see;
    otherwise another calendar at the same time is the practice's own affair.
    `knows`: what they were told last is this very time, so that a move to it is no news.
    """
    if now >= current.start or current.owner is None:
        return None
    if current.state is State.CANCELLED:
        return _ending(seen, current, ended_as, heard)
    if current.state is State.REQUESTED:
        return Purpose.REQUEST_RECEIVED if _is_news(seen, current) and not knows else None
    if current.state is State.CONFIRMED:
        unheard = confirmation_waits or heard is Heard.AWAITED
        told = _standing(seen, current, unheard, practitioner_named)
        is_old = told is Purpose.RESCHEDULED or (told is Purpose.CONFIRMATION and _is_back(seen, current))
        return None if knows and is_old else told
    return None


def _is_back(seen: Seen | None, current: AppointmentFacts) -> bool:
    """It had ended, and stands again for the same owner; to who never heard of the end it is no news."""
    return seen is not None and (seen.state, seen.owner_id) == (State.CANCELLED, current.owner_id)


def _standing(
    seen: Seen | None, current: AppointmentFacts, unheard: bool, practitioner_named: bool
) -> Purpose | None:
    if seen is None:
        return None if current.source == "import" else Purpose.CONFIRMATION
    if seen.state is not State.CONFIRMED or seen.owner_id != current.owner_id:
        return Purpose.CONFIRMATION
    if unheard and seen.sequence != current.sequence:
        return Purpose.CONFIRMATION
    if _has_moved(seen, current):
        return Purpose.RESCHEDULED
    return Purpose.PRACTITIONER if practitioner_named and _is_with_another(seen, current) else None


def _ending(seen: Seen | None, current: AppointmentFacts, ended_as: Purpose, heard: Heard) -> Purpose | None:
    """Who was told anything of the visit is told of its end, and who asked for it always gets an answer.
    To who still waits for the first word it is no news: neither is said."""
    if ended_as is not Purpose.CANCELLED:
        return ended_as if seen is None or seen.state is State.REQUESTED else None
    if seen is not None and seen.state not in _STANDING:
        return None
    if heard is Heard.TOLD or current.source in _BY_THE_OWNER:
        return ended_as
    return ended_as if seen is not None and heard is Heard.NOTHING else None


def _is_news(seen: Seen | None, current: AppointmentFacts) -> bool:
    return seen is None or seen.owner_id != current.owner_id or _has_moved(seen, current)


def as_told(
    seen: Seen | None, current: AppointmentFacts, *, practitioner_named: bool = False
) -> AppointmentFacts:
    """The appointment under the revision that its messages have: one of which owners hear nothing new (it
    only ends at another time, or is with somebody else who was never named) keeps that of the last plan,
    so that nothing is said again, nor a reminder sent twice."""
    if seen is None or _is_other(seen, current) or (practitioner_named and _is_with_another(seen, current)):
        return current
    return current.model_copy(update={"sequence": seen.sequence})


def _is_other(seen: Seen, current: AppointmentFacts) -> bool:
    return (seen.state, seen.owner_id, seen.start) != (current.state, current.owner_id, current.start)


def _has_moved(seen: Seen, current: AppointmentFacts) -> bool:
    return seen.sequence != current.sequence and seen.start != current.start


def _is_with_another(seen: Seen, current: AppointmentFacts) -> bool:
    """Somebody is there who was not: another room alone is nobody's news."""
    return any(one.id not in seen.calendar_ids for one in current.practitioners)
