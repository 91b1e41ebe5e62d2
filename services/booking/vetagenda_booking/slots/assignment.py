"""Which calendars an appointment takes: for each requirement one, the requested ones among them, and fairly.

Animals that are seen at the same time need every requirement once each.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations, islice
from uuid import UUID

from vetagenda_booking.slots.question import NO_STARTS, Calendar, Question, Requirement

ANY_PRACTITIONER = (Requirement(kind="practitioner"),)

Chosen = tuple[Calendar, ...]
Fits = Callable[[Calendar], bool]


@dataclass(frozen=True, slots=True)
class Need:
    """`count` of the candidates of one requirement."""

    candidates: tuple[Calendar, ...]
    count: int = 1

    def among(self, fits: Fits) -> "Need":
        return replace(self, candidates=tuple(filter(fits, self.candidates)))

    def is_met(self, fits: Fits) -> bool:
        """Whether enough fit, each looked at by itself."""
        return len(list(islice(filter(fits, self.candidates), self.count))) == self.count

    def choices(self, fits: Fits, taken: Chosen) -> Iterator[Chosen]:
        free = (calendar for calendar in self.candidates if calendar not in taken and fits(calendar))
        if self.count == 1:  # nearly always, and then the first may do: no look at the others
            return ((calendar,) for calendar in free)
        return combinations(free, self.count)


Needs = tuple[Need, ...]

_NEVER = datetime.min.replace(tzinfo=UTC)


def needs_of(question: Question) -> Needs:
    """A type that requires nothing takes any one practitioner. Requested calendars come first."""
    requires = question.offering.requires or ANY_PRACTITIONER
    return tuple(Need(_candidates(each, question), question.at_once) for each in requires)


def _candidates(requirement: Requirement, question: Question) -> tuple[Calendar, ...]:
    found = (
        calendar
        for calendar in question.calendars
        if calendar.kind == requirement.kind and (not requirement.any_of or calendar.id in requirement.any_of)
    )
    return tuple(sorted(found, key=lambda calendar: calendar.id not in question.calendar_ids))


def in_fair_order(needs: Needs, question: Question, begin: datetime, end: datetime) -> Needs:
    """Requested first, then the least loaded in [begin, end), then the least recently chosen (BOOK-5)."""

    def rank(calendar: Calendar) -> tuple[bool, int, datetime, UUID]:
        load = question.load.get(calendar.id, NO_STARTS).count(begin, end)
        last = question.last_chosen.get(calendar.id, _NEVER)
        return (calendar.id not in question.calendar_ids, load, last, calendar.id)

    return tuple(replace(need, candidates=tuple(sorted(need.candidates, key=rank))) for need in needs)


def assign(
    needs: Sequence[Need],
    fits: Fits,
    requested: frozenset[UUID],
    suits: Callable[[Chosen], bool] = lambda _: True,
) -> tuple[UUID, ...] | None:
    """The first choice of distinct calendars that each fit, suit together and hold every requested one."""
    # Said before the choice is tried: with many candidates it would take long to find out.
    if not all(need.count == 1 or need.is_met(fits) for need in needs):
        return None
    chosen = _assign(needs, fits, requested, suits, ())
    return None if chosen is None else tuple(calendar.id for calendar in chosen)


def _assign(
    needs: Sequence[Need],
    fits: Fits,
    requested: frozenset[UUID],
    suits: Callable[[Chosen], bool],
    taken: Chosen,
) -> Chosen | None:
    if requested and len(requested.difference(each.id for each in taken)) > sum(each.count for each in needs):
        return None
    if not needs:
        return taken if suits(taken) else None
    for choice in needs[0].choices(fits, taken):
        chosen = _assign(needs[1:], fits, requested, suits, taken + choice)
        if chosen is not None:
            return chosen
    return None
