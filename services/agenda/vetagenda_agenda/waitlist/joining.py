"""What becomes free in pieces is one time: a piece is looked at together with those that it meets. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from vetagenda_agenda.waitlist.rules import Period


@dataclass(frozen=True)
class Piece:
    """[start, end) that became free in these calendars; without calendars in all."""

    period: Period
    calendar_ids: frozenset[UUID]

    def shares(self, calendar_ids: Collection[UUID]) -> bool:
        return not self.calendar_ids or not calendar_ids or not self.calendar_ids.isdisjoint(calendar_ids)


def joined(piece: Piece, others: Iterable[Piece]) -> Period:
    """The time of `piece` with all that became free before or after it without a gap. Whether it still is
    free is not asked here: what was taken again meanwhile is busy."""
    start, end = piece.period
    left = [each.period for each in others if each.shares(piece.calendar_ids)]
    while meeting := [each for each in left if each[0] <= end and start <= each[1]]:
        start = min(start, *(each[0] for each in meeting))
        end = max(end, *(each[1] for each in meeting))
        left = [each for each in left if each not in meeting]
    return start, end
