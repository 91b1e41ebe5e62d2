"""Pure rules of an appointment's life."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from vetagenda_agenda.occupancy.rules import with_buffers
from vetagenda_contracts.agenda import AppointmentState
from vetagenda_kit.problems import InvalidRequest, Problem

LIVING = ("requested", "confirmed", "arrived")
"""Statuses in which an appointment takes time and can still be moved or cancelled."""

ON_DEVICE = ("google", "caldav")
"""Sources of what somebody typed in a linked calendar, on a phone mostly."""

_NEXT: Mapping[str, tuple[str, ...]] = {
    "requested": ("confirmed", "cancelled"),
    "confirmed": ("arrived", "completed", "no_show", "cancelled"),
    "arrived": ("completed", "no_show", "cancelled"),
    "completed": (),
    "no_show": ("arrived",),
    "cancelled": (),
}

_SAYINGS = {
    "arrived": "an arrival can be noted",
    "completed": "the visit can be completed",
    "no_show": "the visit can be missed",
}


class StatusConflict(Problem):
    """The appointment's status does not allow this. Member: `current_status`."""

    status, code, title = 409, "status-conflict", "The appointment's status does not allow this"


def check_transition(current: str, wanted: str) -> None:
    """A late visitor may still arrive after a no-show; what is completed or cancelled stays so."""
    if wanted not in _NEXT[current]:
        raise StatusConflict(f"it is {current}: it cannot become {wanted}", current_status=current)


class TooEarly(Problem):
    """Nobody can have come, or have failed to come, yet. Member: `possible_from`."""

    status, code, title = 409, "too-early", "It is too early to say this"


def check_time(wanted: str, start: datetime, now: datetime, zone: tzinfo) -> None:
    """A visit takes place on its day, however early they come; it is missed once it should have begun."""
    day = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    possible_from = start if wanted == "no_show" else day
    if now < possible_from:
        at = possible_from.astimezone(zone).isoformat(timespec="minutes")
        raise TooEarly(
            f"{_SAYINGS[wanted]} from {at} on", possible_from=possible_from.isoformat().replace("+00:00", "Z")
        )


def check_living(current: str) -> None:
    if current not in LIVING:
        raise StatusConflict(f"it is {current}: it cannot be changed in time", current_status=current)


def check_confirmable(current: str) -> None:
    """An owner can say yes to a visit that the practice has agreed to and that is still to come."""
    if current != "confirmed":
        raise StatusConflict(f"it is {current}: there is nothing to confirm", current_status=current)


def duration_of(kind: Any, calendar_ids: Collection[UUID]) -> timedelta:
    """The type's duration; where the chosen calendars have their own, the longest of these (AGD-6)."""
    chosen = {str(each) for each in calendar_ids}
    own = [each["minutes"] for each in kind.durations if each["calendar_id"] in chosen]
    return timedelta(minutes=max(own, default=kind.duration_minutes))


def check_requirements(
    requires: Sequence[Mapping[str, Any]], chosen: Mapping[UUID, str], calendar_ids: Collection[UUID]
) -> None:
    """Every requirement of the type is met by one of the chosen calendars (id -> kind) of its own."""
    free = set(calendar_ids)
    for needed in sorted(requires, key=lambda each: not each["any_of"]):
        wanted = {UUID(name) for name in needed["any_of"]}
        match = next(
            (
                each
                for each in sorted(free)
                if chosen[each] == needed["kind"] and (not wanted or each in wanted)
            ),
            None,
        )
        if match is None:
            raise InvalidRequest.at("/calendar_ids", f"this type also needs a {needed['kind']}")
        free.discard(match)


def completes(row: Any, changed: Mapping[str, Any]) -> bool:
    """Whether a change gives what was typed on a device its owner and an animal (SYNC-9). Who says himself
    whether it is complete is believed."""
    if not row.needs_completion or "needs_completion" in changed:
        return False
    owner, animals = (changed.get(name, getattr(row, name)) for name in ("owner_id", "animal_ids"))
    is_touched = bool({"owner_id", "animal_ids"} & changed.keys())
    return is_touched and owner is not None and bool(animals)


def state(row: Any) -> AppointmentState:
    """The extract that events carry."""
    return AppointmentState(
        status=row.status,
        start=row.start,
        end=row.end,
        calendar_ids=row.calendar_ids,
        appointment_type_id=row.appointment_type_id,
        owner_id=row.owner_id,
        animal_ids=row.animal_ids,
        published=row.published,
        needs_completion=row.needs_completion,
        source=row.source,
        cancelled_by=row.cancelled_by,
    )


def uid_of(appointment_id: UUID) -> str:
    """RFC 5545 UID: never changes, whatever happens to the appointment."""
    return f"{appointment_id}@vetagenda"


def moved(before: AppointmentState, start: datetime, end: datetime, calendar_ids: Collection[UUID]) -> bool:
    return (before.start, before.end, set(before.calendar_ids)) != (start, end, set(calendar_ids))


def taken_by(row: Any) -> tuple[datetime, datetime]:
    """What an appointment occupies: its time with its buffers."""
    return with_buffers(row.start, row.end, row.buffer_before_minutes, row.buffer_after_minutes)
