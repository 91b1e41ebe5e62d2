"""The taken times of one calendar, kept so that asking for a free interval costs one bisection."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime


class BusyTimes:
    """Half-open intervals [start, end) in whole epoch seconds; back-to-back is free (AGD-2)."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, starts: Sequence[int] = (), ends: Sequence[int] = ()) -> None:
        """Both ascending, as the agenda answers them: the n-th interval is [starts[n], ends[n])."""
        self._starts = starts
        self._ends = ends

    @classmethod
    def of(cls, intervals: Iterable[tuple[datetime, datetime]]) -> "BusyTimes":
        """From intervals in any order, overlapping or not."""
        starts: list[int] = []
        ends: list[int] = []
        for start, end in sorted(intervals):
            if starts and math.floor(start.timestamp()) <= ends[-1]:
                ends[-1] = max(ends[-1], math.ceil(end.timestamp()))
            elif start < end:
                starts.append(math.floor(start.timestamp()))
                ends.append(math.ceil(end.timestamp()))
        return cls(starts, ends)

    def is_free(self, start: int, end: int) -> bool:
        """Nothing that is taken intersects [start, end)."""
        following = bisect_right(self._starts, start)
        if following and self._ends[following - 1] > start:
            return False
        return following == len(self._starts) or self._starts[following] >= end


def seconds_around(start: datetime, end: datetime) -> tuple[int, int]:
    """The smallest interval of whole epoch seconds that holds [start, end)."""
    return math.floor(start.timestamp()), math.ceil(end.timestamp())
