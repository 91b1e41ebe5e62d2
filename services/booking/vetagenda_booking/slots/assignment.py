"""Which calendars an appointment takes: one per requirement, the requested ones included, chosen fairly."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from vetagenda_booking.slots.question import NO_STARTS, Calendar, Question, Requirement

ANY_PRACTITIONER = (Requirement(kind="practitioner"),)

Needs = tuple[tuple[UUID, ...], ...]
Fits = Callable[[UUID], bool]

_NEVER = datetime.min.replace(tzinfo=UTC)


def needs_of(question: Question) -> Needs:
    """The candidates of each requirement; a type that requires nothing takes any one practitioner."""
    requires = question.offering.requires or ANY_PRACTITIONER
    return tuple(_candidates(need, question.calendars) for need in requires)


def _candidates(need: Requirement, calendars: tuple[Calendar, ...]) -> tuple[UUID, ...]:
    return tuple(c.id for c in calendars if c.kind == need.kind and (not need.any_of or c.id in need.any_of))


def in_fair_order(needs: Needs, question: Question, begin: datetime, end: datetime) -> Needs:
    """Requested calendars first, then the least loaded in [begin, end), then the least recently chosen."""

    def rank(calendar_id: UUID) -> tuple[bool, int, datetime, UUID]:
        load = question.load.get(calendar_id, NO_STARTS).count(begin, end)
        last = question.last_chosen.get(calendar_id, _NEVER)
        return (calendar_id not in question.calendar_ids, load, last, calendar_id)

    return tuple(tuple(sorted(candidates, key=rank)) for candidates in needs)


def assign(
    needs: Sequence[Sequence[UUID]], fits: Fits, requested: frozenset[UUID], taken: tuple[UUID, ...] = ()
) -> tuple[UUID, ...] | None:
    """The first choice of distinct calendars that all fit and hold every requested one, or None."""
    if len(requested.difference(taken)) > len(needs):
        return None
    if not needs:
        return taken
    for calendar_id in needs[0]:
        if calendar_id not in taken and fits(calendar_id):
            chosen = assign(needs[1:], fits, requested, (*taken, calendar_id))
            if chosen is not None:
                return chosen
    return None
