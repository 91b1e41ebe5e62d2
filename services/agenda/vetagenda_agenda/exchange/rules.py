"""Pure rules of files: wall clocks, external ids, lines."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from vetagenda_kit.problems import InvalidRequest

MOST_LINES = 1_000
MOST_NOTES = 50
LONGEST_ID = 255
OWN = "@vetagenda"


class Unreadable(ValueError):
    """One line cannot be read: `field` says where, the text why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Line:
    """A record as a file tells it. `values` holds only the fields that the file has.

    `version` is the one that our own export wrote beside it; `wrong` is set for what cannot be read.
    """

    number: int
    external_id: str = ""
    version: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    wrong: Unreadable | None = None


@dataclass(frozen=True)
class Content:
    """What a file holds. `notes` say what of it is not imported."""

    lines: list[Line]
    notes: tuple[str, ...] = ()


def shortened(notes: list[str]) -> tuple[str, ...]:
    """A file of a thousand columns must not give an answer of a thousand notes."""
    more = len(notes) - MOST_NOTES
    return (*notes[:MOST_NOTES], *([f"and {more} more left out"] if more > 0 else []))


def refused(number: int, external_id: str, wrong: Unreadable) -> Line:
    return Line(number=number, external_id=external_id[:LONGEST_ID], wrong=wrong)


def check_count(lines: int) -> None:
    """An import is one transaction that keeps its calendars locked: it must not be long."""
    if lines > MOST_LINES:
        raise InvalidRequest.at("/content", f"{lines} records: send at most {MOST_LINES} at once")


def only_once(lines: list[Line]) -> list[Line]:
    """The second line with an id that was there already is refused: which one is meant?"""
    seen: dict[str, int] = {}
    checked = []
    for line in lines:
        if line.wrong is None and line.external_id in seen:
            twice = Unreadable("external_id", f"line {seen[line.external_id]} has the same id")
            line = replace(line, wrong=twice)
        seen.setdefault(line.external_id, line.number)
        checked.append(line)
    return checked


def instant_of(wall: datetime, zone: ZoneInfo, field: str) -> tuple[datetime, tuple[str, ...]]:
    """A wall clock's instant in UTC, with what should be said of it. Raises Unreadable in a gap.

    An hour that exists twice is the first of the two (RFC 5545, 3.3.5).
    """
    first = wall.replace(tzinfo=zone, fold=0)
    instant = in_utc(first, field)
    if instant.astimezone(zone).replace(tzinfo=None) != wall.replace(fold=0):
        raise Unreadable(field, f"{wall:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clocks go forward")
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        return instant, (f"{field}: {wall:%H:%M} exists twice that day; the first is meant",)
    return instant, ()


def in_utc(moment: datetime, field: str) -> datetime:
    if not 1900 <= moment.year <= 9000:
        raise Unreadable(field, "the year must lie between 1900 and 9000")
    return moment.astimezone(UTC)


def is_second(instant: datetime, zone: ZoneInfo) -> bool:
    """True in the second of two equal hours, which a local time cannot name."""
    return instant.astimezone(zone).fold == 1


def floating(field: str, zone: ZoneInfo) -> str:
    return f"{field} has no time zone: read as {zone.key}"


def after_minutes(start: datetime, minutes: str) -> datetime:
    if not minutes.isdecimal() or not 0 < int(minutes[:6]) <= 31 * 24 * 60:
        raise Unreadable("duration_minutes", "whole minutes are expected, at most 31 days")
    return start + timedelta(minutes=int(minutes))


def digest_of(*parts: object) -> str:
    """The id of a line without one: the same line is recognised, a changed one is another."""
    text = "\x1f".join(str(part) for part in parts)
    return f"row:{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def own_id(external_id: str) -> UUID | None:
    """The id in a UID that this product made, or in an `id` column; None for others' ids."""
    try:
        return UUID(external_id.removesuffix(OWN))
    except ValueError:
        return None
