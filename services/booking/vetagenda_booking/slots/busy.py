"""The taken times of one calendar, kept so that asking for a free interval costs one bisection."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

Interval = tuple[datetime, datetime]


class BusyTimes:
    """Disjoint half-open intervals [start, end) in order; back-to-back is free (AGD-2)."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        for start, end in sorted(intervals):
            self._add(start, end)

    def _add(self, start: datetime, end: datetime) -> None:
        if self._ends and start <= self._ends[-1]:
            self._ends[-1] = max(self._ends[-1], end)
        elif start < end:
            self._starts.append(start)
            self._ends.append(end)

    def is_free(self, start: datetime, end: datetime) -> bool:
        """Nothing that is taken intersects [start, end)."""
        following = bisect_right(self._starts, start)
        if following and self._ends[following - 1] > start:
            return False
        return following == len(self._starts) or self._starts[following] >= end
