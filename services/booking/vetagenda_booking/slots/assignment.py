"""Which calendars an appointment takes: one per requirement, the requested ones included, chosen fairly."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from vetagenda_booking.slots.question import NO_STARTS, Calendar, Question, Requirement

ANY_PRACTITIONER = (Requirement(kind="practitioner"),)

Needs = tuple[tuple[Calendar, ...], ...]
"""The candidates of each requirement."""

_NEVER = datetime.min.replace(tzinfo=UTC)


def needs_of(question: Question) -> Needs:
    """A type that requires nothing takes any one practitioner. Requested calendars come first."""
    requires = question.offering.requires or ANY_PRACTITIONER
    return tuple(_candidates(need, question) for need in requires)


def _candidates(need: Requirement, question: Question) -> tuple[Calendar, ...]:
    found = (
        c for c in question.calendars if c.kind == need.kind and (not need.any_of or c.id in need.any_of)
    )
    return tuple(sorted(found, key=lambda calendar: calendar.id not in question.calendar_ids))


def in_fair_order(needs: Needs, question: Question, begin: datetime, end: datetime) -> Needs:
    """Requested first, then the least loaded in [begin, end), then the least recently chosen (BOOK-5)."""

    def rank(calendar: Calendar) -> tuple[bool, int, datetime, UUID]:
        load = question.load.get(calendar.id, NO_STARTS).count(begin, end)
        last = question.last_chosen.get(calendar.id, _NEVER)
        return (calendar.id not in question.calendar_ids, load, last, calendar.id)

    return tuple(tuple(sorted(candidates, key=rank)) for candidates in needs)


def assign(
    needs: Sequence[Sequence[Calendar]],
    fits: Callable[[Calendar], bool],
    requested: frozenset[UUID],
    taken: tuple[Calendar, ...] = (),
) -> tuple[UUID, ...] | None:
    """The first choice of distinct calendars that all fit and hold every requested one, or None."""
    if requested and len(requested.difference(calendar.id for calendar in taken)) > len(needs):
        return None
    if not needs:
        return tuple(calendar.id for calendar in taken)
    for calendar in needs[0]:
        if calendar not in taken and fits(calendar):
            chosen = assign(needs[1:], fits, requested, (*taken, calendar))
            if chosen is not None:
                return chosen
    return None
