"""What of a remote event makes the agenda busy, when exactly, and under which id. Pure.

Dates stay dates (RFC 5545, 3.3.4) until here: a whole day goes from midnight to midnight where the practice
is, which are 23 or 25 hours when the clocks change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from vetagenda_calendar_sync.engine.state import Occurrence, Rules, Seen
from vetagenda_calendar_sync.mapping.fields import AGENDA_TITLE, Days, Period
from vetagenda_calendar_sync.mapping.text import one_line

AHEAD = timedelta(days=365)
"""How far ahead a series is laid out; the window slides every day."""


@dataclass(frozen=True)
class Block:
    """`id` can be computed again from the link's two calendars, the event and the occurrence."""

    id: UUID
    period: Period
    reason: str

    def json(self) -> dict[str, str]:
        start, end = self.period.json()
        return {"id": str(self.id), "start": start, "end": end, "reason": self.reason}


@dataclass(frozen=True)
class Choice:
    """What a link's owner has chosen, and where the practice is. `now` in any zone."""

    rules: Rules
    zone: ZoneInfo
    now: datetime
    since: datetime
    transparent_free: bool = False

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def until(self) -> datetime:
        return self.now + AHEAD


def event_id(key: UUID, remote_id: str) -> UUID:
    """Stands for the event in the agenda."""
    return uuid5(key, f"blocks/{remote_id}")


def block_id(key: UUID, remote_id: str, occurrence: str = "") -> UUID:
    return uuid5(key, f"block/{remote_id}/{occurrence}")


def is_wanted(seen: Seen, choice: Choice) -> bool:
    """Birthdays take no time; nothing at all does when the link only goes the other way (SYNC-3)."""
    return choice.rules.mode == "two_way" and seen.is_block and seen.nature != "note"


def of_one(seen: Seen, choice: Choice) -> list[Block]:
    """A single event, of whole days mostly: one block, none if it is over or free."""
    one = Occurrence("", seen.summary, seen.period, seen.days, seen.is_transparent, seen.is_private)
    return of_series(seen.id, [one], choice)


def of_series(remote_id: str, occurrences: Iterable[Occurrence], choice: Choice) -> list[Block]:
    """One for each occurrence that takes time and is not over since the window began, each once, by start."""
    found: dict[UUID, Block] = {}
    for each in occurrences:
        period = taken(each, choice)
        if period is not None and period.end > choice.since:
            id = block_id(choice.rules.key, remote_id, settled_key(each.key))
            found[id] = Block(id, period, reason(each, choice.rules))
    return sorted(found.values(), key=lambda block: block.period.start)


def taken(occurrence: Occurrence, choice: Choice) -> Period | None:
    if occurrence.is_transparent and choice.transparent_free:
        return None
    return occurrence.period or (whole(occurrence.days, choice.zone) if occurrence.days else None)


def whole(days: Days, zone: ZoneInfo) -> Period:
    """Midnight to midnight, the end exclusive. If the clocks skip midnight the day begins after the gap."""
    first, after = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (days.first, days.after))
    return Period(first, after)


def settled_key(key: str) -> str:
    """An original start is the same instant in whatever offset a server writes it."""
    try:
        start = datetime.fromisoformat(key)
    except ValueError:
        return key
    return key if start.tzinfo is None else start.astimezone(UTC).isoformat()


def reason(occurrence: Occurrence, rules: Rules) -> str:
    """What the practice may read: nothing of an event that the person keeps private, and nothing at all if
    the link says no more than busy, in either direction."""
    if occurrence.is_private or rules.privacy == "busy":
        return ""
    return one_line(occurrence.summary, AGENDA_TITLE)


def is_to_come(seen: Seen, choice: Choice) -> bool:
    """A series that begins beyond the window: the window will reach it."""
    begins = seen.period or (whole(seen.days, choice.zone) if seen.days else None)
    return is_wanted(seen, choice) and begins is not None and begins.start >= choice.until


def without(blocks: Iterable[Block], period: Period | None) -> list[Block]:
    """Those of an appointment that was made to repeat, without its own time: that is taken already."""
    return [each for each in blocks if period is None or not each.period.is_near(period)]


def batches(blocks: Mapping[UUID, list[Block]], most: int) -> list[dict[UUID, list[Block]]]:
    """Events together until they have so many blocks; one event is never split."""
    found: list[dict[UUID, list[Block]]] = []
    count = 0
    for id, of_event in blocks.items():
        if not found or count + len(of_event) > most:
            found.append({})
            count = 0
        found[-1][id] = of_event
        count += len(of_event)
    return found
