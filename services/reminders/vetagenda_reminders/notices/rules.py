"""Which change of an appointment is told to the practice's people (REM-15). Pure."""

from collections.abc import Collection

from vetagenda_contracts.agenda import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentEvent,
    AppointmentRequested,
    AppointmentRescheduled,
)
from vetagenda_reminders.appointments.news import Seen
from vetagenda_reminders.facts import AppointmentFacts, State
from vetagenda_reminders.ledger.vocabulary import Purpose
from vetagenda_reminders.notices.schemas import Change, Teller

_TOLD = (AppointmentBooked, AppointmentRequested, AppointmentRescheduled, AppointmentCancelled)
_STANDING = frozenset({State.REQUESTED, State.CONFIRMED})


def rule_of(change: Change) -> str:
    return f"notice_{change.value}"


def teller_of(event: AppointmentEvent) -> str | None:
    """Who changed the appointment, in the words of the settings; None for what no person did, or what is
    neither an addition, a move nor a cancellation. What a key puts into the agenda itself is not staff's."""
    source = event.after.source
    if not isinstance(event, _TOLD):
        return None
    if isinstance(event, AppointmentBooked | AppointmentRequested) and source != "staff":
        return source
    match event.actor.kind:
        case "owner":
            return Teller.OWNER
        case "api_key":
            return source if source == "call-centre" else Teller.PARTNER
        case "sync_run":
            return source if source in ("google", "caldav") else Teller.STAFF
        case "user":
            return Teller.STAFF
    return None


def change_of(seen: Seen | None, current: AppointmentFacts, ended_as: Purpose | None) -> Change | None:
    """What became of the appointment since it was last looked at. An answer to a request is none: whoever
    declined it knows."""
    stood = seen is not None and seen.state in _STANDING
    if current.state in _STANDING:
        if seen is None or not stood:
            return Change.ADDED
        return Change.MOVED if _is_elsewhere(seen, current) else None
    ended = current.state is State.CANCELLED and ended_as in (None, Purpose.CANCELLED)
    return Change.CANCELLED if stood and ended else None


def _is_elsewhere(seen: Seen, current: AppointmentFacts) -> bool:
    return seen.start != current.start or set(seen.calendar_ids) != set(current.calendar_ids)


def as_heard(
    change: Change | None, seen: Seen | None, current: AppointmentFacts, waiting: Collection[Change]
) -> Change | None:
    """To who has not heard yet that it was cancelled, what stands again has moved at most."""
    if change is not Change.ADDED or seen is None or Change.CANCELLED not in waiting:
        return change
    return Change.MOVED if _is_elsewhere(seen, current) else None


def to_tell(change: Change | None, waiting: Collection[Change], *, wanted: bool) -> Change | None:
    """What one recipient hears. `waiting` has not left yet: it is said once, as things are now, whoever
    changed them last; and of what they never heard they need not hear that it is cancelled. `wanted`: the
    practice has chosen to tell of such a change."""
    if change is None:
        return None
    if Change.ADDED in waiting:
        return None if change is Change.CANCELLED else Change.ADDED
    if change is Change.MOVED and Change.MOVED in waiting:
        return Change.MOVED
    return change if wanted else None
