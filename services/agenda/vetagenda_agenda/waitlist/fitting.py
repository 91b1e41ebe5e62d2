"""Which calendars and which time of what became free fit an entry. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, product
from typing import Any
from uuid import UUID

from vetagenda_agenda.appointments.rules import check_requirements, duration_of
from vetagenda_agenda.waitlist.rules import Period, Wish, first_fit, gaps
from vetagenda_kit.problems import InvalidRequest

_ANY_PRACTITIONER = ({"kind": "practitioner", "any_of": []},)
_MOST_WAYS = 1000
"""More than ten vets, three rooms and three devices make together."""

Busy = dict[str, list[list[int]]]
"""Calendar id -> [[starts], [ends]] in epoch seconds."""


@dataclass(frozen=True)
class Opening:
    """What became free: `period` in `freed`. Everything else is looked at as it is: `calendars` are all that
    the practice has (id -> kind), `busy` what is taken in them."""

    period: Period
    freed: frozenset[UUID]
    calendars: Mapping[UUID, str]
    busy: Busy

    def take(self, found: "Place") -> None:
        for each in found.calendar_ids:
            starts, ends = self.busy[str(each)]
            starts.append(int(found.during[0].timestamp()))
            ends.append(int(found.during[1].timestamp()))

    def is_left(self) -> bool:
        """Whether any of what became free is still free."""
        return any(gaps(self.period, [self.of(each)]) for each in self.freed)

    def of(self, calendar_id: UUID) -> tuple[list[int], list[int]]:
        starts, ends = self.busy[str(calendar_id)]
        return starts, ends


@dataclass(frozen=True)
class Seeker:
    """An entry with its type. `refused` are times that were offered to it and that it let pass."""

    kind: Any
    wanted: Sequence[UUID]
    available: Period
    refused: Sequence[Period] = ()


@dataclass(frozen=True)
class Place:
    """What can be offered: [start, end) in these calendars, and with its buffers `during`."""

    calendar_ids: list[UUID]
    start: datetime
    end: datetime
    during: Period


def place(seeker: Seeker, opening: Opening) -> Place | None:
    """The earliest time that lies in what became free, with the calendars that the type needs then.

    At least one calendar is one that became free, the others only have to be free. Buffers may reach
    beyond what became free, the appointment does not: next to it the practice may be closed.
    """
    places = (
        _fit(seeker, opening, calendar_ids)
        for calendar_ids in ways(seeker.kind.requires, seeker.wanted, opening)
    )
    return min(filter(None, places), key=lambda found: found.start, default=None)


def _fit(seeker: Seeker, opening: Opening, calendar_ids: list[UUID]) -> Place | None:
    kind = seeker.kind
    before = timedelta(minutes=kind.buffer_before_minutes)
    after = timedelta(minutes=kind.buffer_after_minutes)
    first = max(seeker.available[0], opening.period[0])
    last = min(seeker.available[1], opening.period[1])
    if first >= last:
        return None
    refused = [[int(edge.timestamp()) for edge in edges] for edges in zip(*seeker.refused, strict=True)]
    taken = [opening.of(each) for each in calendar_ids] + ([(refused[0], refused[1])] if refused else [])
    wish = Wish(duration_of(kind, calendar_ids), before, after, (first, last))
    period = first_fit(gaps((first - before, last + after), taken), wish, first)
    return Place(calendar_ids, *period, (period[0] - before, period[1] + after)) if period else None


def shortest(seeker: Seeker, calendars: Mapping[UUID, str]) -> timedelta | None:
    """How long the type takes at least, in any calendars that would do; None when none would."""
    everything = Opening(seeker.available, frozenset(calendars), calendars, {})
    found = ways(seeker.kind.requires, seeker.wanted, everything)
    return min((duration_of(seeker.kind, each) for each in found), default=None)


def still_fits(
    made: Place, wanted: Collection[UUID], available: Period, calendars: Mapping[UUID, str]
) -> bool:
    """Whether what was offered to an entry lies in the slice and in the calendars that it wants by now."""
    if made.start < available[0] or made.end > available[1]:
        return False
    kinds = {calendars[each] for each in wanted if each in calendars}
    others = set(made.calendar_ids) - set(wanted)
    meant = any(each in wanted for each in made.calendar_ids)
    return not wanted or (meant and not any(calendars.get(each) in kinds for each in others))


def ways(
    requires: Sequence[Mapping[str, Any]], wanted: Collection[UUID], opening: Opening
) -> Iterator[list[UUID]]:
    """Sets of calendars that do for a type, each with one that became free.

    A wanted calendar stands for all of its kind: who wants one vet takes any room. A type without
    requirements takes one practitioner, or the wanted calendar.
    """
    kinds = {opening.calendars[each] for each in wanted if each in opening.calendars}
    if wanted and not kinds:
        return
    usable = {each: kind for each, kind in opening.calendars.items() if each in wanted or kind not in kinds}
    if wanted and not requires:
        yield from ([each] for each in sorted(opening.freed & set(wanted) & usable.keys()))
        return
    for chosen in _meeting(requires or _ANY_PRACTITIONER, usable, opening.freed):
        if not wanted or set(chosen) & set(wanted):
            yield chosen


def _meeting(
    requires: Sequence[Mapping[str, Any]], usable: Mapping[UUID, str], freed: Collection[UUID]
) -> Iterator[list[UUID]]:
    fitting = [[each for each in sorted(usable) if _meets(each, usable[each], needed)] for needed in requires]
    known: set[frozenset[UUID]] = set()
    for chosen in map(list, islice(product(*fitting), _MOST_WAYS)):
        some = frozenset(chosen)
        if len(some) < len(chosen) or some in known or not some & set(freed):
            continue
        known.add(some)
        if _would_book(requires, usable, chosen):
            yield chosen


def _meets(calendar_id: UUID, kind: str, needed: Mapping[str, Any]) -> bool:
    return kind == needed["kind"] and (not needed["any_of"] or str(calendar_id) in needed["any_of"])


def _would_book(
    requires: Sequence[Mapping[str, Any]], usable: Mapping[UUID, str], chosen: list[UUID]
) -> bool:
    try:
        check_requirements(requires, usable, chosen)
    except InvalidRequest:
        return False
    return True
