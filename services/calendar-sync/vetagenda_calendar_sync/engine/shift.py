"""R-SHIFT: many events that move alike, or one whose clock face stays while its zone changes, were moved by a
device or a server, not by a person. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vetagenda_calendar_sync.engine.sides import held_fields
from vetagenda_calendar_sync.engine.state import Tracked
from vetagenda_calendar_sync.mapping.fields import Period, same

STEP = timedelta(minutes=30)
OF_A_ZONE, ALIKE = 3, 5
UNCHANGED = ("summary", "location", "notes")


@dataclass(frozen=True)
class TimeChange:
    """An event of which nothing but the time has changed. `zone` is the one that it is now given in; walls
    are its start as written there, empty where it is not known."""

    id: UUID
    before: Period
    after: Period
    former_wall: str = ""
    wall: str = ""
    zone: str = ""

    @property
    def delta(self) -> timedelta:
        seconds = round((self.after.start - self.before.start).total_seconds())
        return timedelta(seconds=seconds)


def suspects(changes: Iterable[TimeChange], link_zone: str) -> frozenset[UUID]:
    """Those of one cycle's changes that wait for a person."""
    movable = [each for each in changes if _is_whole_step(each)]
    return frozenset(
        {each.id for each in movable if _keeps_its_wall(each)}
        | _alike([each for each in movable if _is_of_a_zone(each, link_zone)], OF_A_ZONE)
        | _alike(movable, ALIKE)
    )


def _is_whole_step(change: TimeChange) -> bool:
    moved = Period(change.before.start + change.delta, change.before.end + change.delta)
    is_as_long = moved.is_near(change.after)
    return is_as_long and change.delta != timedelta(0) and change.delta % STEP == timedelta(0)


def _keeps_its_wall(change: TimeChange) -> bool:
    """(a) The same text on the clock, another instant: the zone or the offset changed or vanished."""
    return change.wall != "" and change.wall == change.former_wall


def _is_of_a_zone(change: TimeChange, link_zone: str) -> bool:
    """(b) Moved by what lies between the link's zone and the event's, or by one change of the clocks."""
    at, delta = change.before.start, abs(change.delta)
    here, there = _offset(link_zone, at), _offset(change.zone, at)
    between = abs(here - there) if here is not None and there is not None else timedelta(0)
    return delta in (between, _clock_step(link_zone, at))


def _clock_step(zone: str, at: datetime) -> timedelta:
    """How far this zone's clocks are set that year; 0 where they are not."""
    offsets = [_offset(zone, datetime(at.year, month, 15, 12, tzinfo=UTC)) for month in range(1, 13)]
    known = [each for each in offsets if each is not None]
    return max(known) - min(known) if known else timedelta(0)


def _offset(zone: str, at: datetime) -> timedelta | None:
    """Of an IANA zone or of `+01:00`; None where the text says nothing."""
    try:
        if zone[:1] in ("+", "-"):
            return datetime.fromisoformat(f"2000-01-01T00:00:00{zone}").utcoffset()
        return at.astimezone(ZoneInfo("UTC" if zone == "Z" else zone)).utcoffset() if zone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _alike(changes: Sequence[TimeChange], least: int) -> set[UUID]:
    counts = Counter(each.delta for each in changes)
    return {each.id for each in changes if counts[each.delta] >= least}


def time_change(id: UUID, tracked: Tracked) -> TimeChange | None:
    """None for a row whose event has not only been moved since both sides agreed."""
    seen, agreed = tracked.seen, tracked.agreed
    if seen is None or agreed is None or seen.is_deleted or seen.is_series or seen.period is None:
        return None
    before, now = agreed.held, held_fields(seen, agreed)
    if same(before.period, now.period):
        return None
    if any(not same(getattr(before, name), getattr(now, name)) for name in UNCHANGED):
        return None
    return TimeChange(id, before.period, now.period, seen.former_wall, seen.wall, seen.zone)
