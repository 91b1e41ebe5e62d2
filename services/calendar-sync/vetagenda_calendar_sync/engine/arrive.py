"""What a remote event means for the status table when it is read from a list. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from vetagenda_calendar_sync.engine.identity import ADOPTABLE_INCARNATIONS, is_ours, local_id
from vetagenda_calendar_sync.engine.state import Rules, Seen, Tracked
from vetagenda_calendar_sync.mapping.fields import same

Kind = Literal["appointment", "block", "foreign"]


@dataclass(frozen=True)
class Arrival:
    """A row to write. Blocks (whole days, series) make the agenda busy, foreign events are left alone; `flag`
    tells people why."""

    tracked: Tracked
    is_dirty: bool
    kind: Kind = "appointment"
    flag: str | None = None


def of_known(tracked: Tracked, seen: Seen) -> Arrival | None:
    """None when the event is as it was last read (R-ECHO)."""
    if tracked.seen is not None and tracked.seen.etag == seen.etag:
        return None
    is_news = not (tracked.has_ended and seen.is_deleted)
    return Arrival(replace(tracked, seen=replace(seen, former_wall=former_wall(tracked))), is_news)


def former_wall(tracked: Tracked) -> str:
    """The wall time at the last agreement: kept over any number of readings that were not settled."""
    before, agreed = tracked.seen, tracked.agreed
    if before is None or agreed is None or before.period is None:
        return before.former_wall if before else ""
    return before.wall if same(before.period, agreed.held.period) else before.former_wall


def of_new(seen: Seen, rules: Rules, since: datetime) -> Arrival | None:
    """An event without a row: typed by a person, or ours from an earlier life of this link."""
    if seen.is_deleted or not may_still_count(seen, since):
        return None
    adoption = adopted(seen, rules)
    appointment_id, incarnation = adoption or (local_id(rules.key, seen.id), 0)
    revision = seen.stamp.revision if seen.stamp else 0
    tracked = Tracked(appointment_id, seen.id, incarnation, revision, seen=seen)
    if seen.is_unreadable:
        return Arrival(tracked, is_dirty=True)  # to be flagged; it says by itself what it is, once it can
    if seen.is_block and not (seen.is_series and adoption):  # of an appointment's event: not beside it
        return Arrival(tracked, is_dirty=True, kind="block")
    if is_of_another_link(seen, rules):
        return Arrival(tracked, is_dirty=False, kind="foreign", flag="of-another-link")
    if rules.mode == "agenda_to_remote" and is_ours(rules.key, appointment_id, seen.id) is None:
        return Arrival(tracked, is_dirty=False, kind="foreign")
    return Arrival(tracked, is_dirty=True)


def is_of_another_link(seen: Seen, rules: Rules) -> bool:
    """It bears another link's mark, and is that link's very event: two links lie on one calendar, by two of
    its names perhaps. Taken for a person's it would go round between them for ever. A copy is a new event."""
    if seen.stamp is None or seen.stamp.key == str(rules.key):
        return False
    try:
        other = UUID(seen.stamp.key)
    except ValueError:
        return False
    mark = replace(seen.stamp, key=str(other))
    return adopted(replace(seen, stamp=mark), replace(rules, key=other)) is not None


def may_still_count(seen: Seen, since: datetime) -> bool:
    """Does anything of it end after `since`? Of a series only its first time is read, so it may; the days of
    a whole day are a little longer than wherever one is."""
    if seen.is_series:
        return True
    if seen.days is not None:
        return seen.days.after >= since.date()
    return seen.period is None or seen.period.end > since


def adopted(seen: Seen, rules: Rules) -> tuple[UUID, int] | None:
    """The appointment that our mark names, if that mark belongs to this very event."""
    if (appointment_id := marked(seen, rules)) is None:
        return None
    incarnation = is_ours(rules.key, appointment_id, seen.id)
    if incarnation is not None:
        return appointment_id, incarnation
    reborn = (n for n in range(ADOPTABLE_INCARNATIONS) if local_id(rules.key, seen.id, n) == appointment_id)
    number = next(reborn, None)
    return None if number is None else (appointment_id, number)


def marked(seen: Seen | None, rules: Rules) -> UUID | None:
    """The appointment that our mark names, whichever event bears it. A copy bears it too."""
    if seen is None or seen.stamp is None or seen.stamp.key != str(rules.key):
        return None
    try:
        return UUID(seen.stamp.appointment_id)
    except ValueError:
        return None


def is_later_life(tracked: Tracked, known_incarnation: int) -> bool:
    """Our own event of an appointment that we remember by an earlier one: our memory is that of a backup."""
    return tracked.incarnation > known_incarnation


def missing(tracked: Tracked) -> Arrival:
    """A full list does not have it: suspected, and looked at by itself before it is believed."""
    seen = Seen(tracked.remote_id, "", is_deleted=True)
    return Arrival(replace(tracked, seen=seen), is_dirty=True)
