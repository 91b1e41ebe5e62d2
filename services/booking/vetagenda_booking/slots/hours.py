"""Opening hours as local wall-clock ranges: the text form, its normal form and what is wrong with either.

Minutes count from the local midnight: 0 is 00:00, 1440 is 24:00, the end of the day. No range crosses
midnight.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

RangeKind = Literal["appointment", "walk_in"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTES_PER_DAY = 24 * 60

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_DASH = re.compile(r"\s*[-\u2013]\s*")


@dataclass(frozen=True, order=True, slots=True)
class OpenRange:
    """Half-open wall-clock range of one day; `kind` walk_in is shown, never offered (BOOK-2)."""

    opens: int
    closes: int
    kind: RangeKind = "appointment"


@dataclass(frozen=True)
class WeeklyHours:
    """Ranges by weekday, Monday first; an empty weekday is closed."""

    days: tuple[tuple[OpenRange, ...], ...]

    @classmethod
    def of(cls, by_weekday: Mapping[str, Iterable[OpenRange]]) -> "WeeklyHours":
        return cls(tuple(tuple(sorted(by_weekday.get(name, ()))) for name in WEEKDAYS))

    def on(self, day: date) -> tuple[OpenRange, ...]:
        return self.days[day.weekday()]


def parse_clock(text: str) -> int:
    """`9:05` or `09:05` -> 545 minutes; ValueError says what is wrong."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a time of day such as 09:30")
    minutes = int(match[1]) * 60 + int(match[2])
    if int(match[2]) > 59 or minutes > MINUTES_PER_DAY:
        raise ValueError(f"{text!r} is no time of day: 00:00 to 24:00")
    return minutes


def format_clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def parse_text(text: str) -> list[dict[str, str]]:
    """`10:00-12:00, 14:00-18:00` -> the structured form; an empty text is a closed day (BOOK-1)."""
    if not text.strip():
        return []
    return [_parse_range(part) for part in text.split(",")]


def _parse_range(part: str) -> dict[str, str]:
    ends = _DASH.split(part.strip())
    if len(ends) != 2:
        raise ValueError(f"{part.strip()!r} is not a range such as 10:00-12:00")
    return {"from": format_clock(parse_clock(ends[0])), "to": format_clock(parse_clock(ends[1]))}


def check_range(opens: int, closes: int) -> None:
    if closes <= opens:
        raise ValueError(f"to ({format_clock(closes)}) must be after from ({format_clock(opens)})")


def check_day(ranges: Iterable[OpenRange]) -> None:
    """Ranges of one day may touch, never overlap: a start belongs to one range."""
    ordered = sorted(ranges)
    for earlier, later in pairwise(ordered):
        if later.opens < earlier.closes:
            raise ValueError(
                f"{format_clock(later.opens)}-{format_clock(later.closes)} overlaps "
                f"{format_clock(earlier.opens)}-{format_clock(earlier.closes)}"
            )
