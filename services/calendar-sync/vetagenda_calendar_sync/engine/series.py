"""A person has made a series of an appointment's event. Pure."""

from dataclasses import replace

from vetagenda_calendar_sync.engine.actions import Conflict, Patch, Plan
from vetagenda_calendar_sync.engine.sides import NOTHING_SAID, RemoteReading, keeps_its_words, read_remote
from vetagenda_calendar_sync.engine.state import Agenda, Base, Rules, Seen, Tracked
from vetagenda_calendar_sync.engine.writing import REMOTE_NAMES, differs, told_no_more
from vetagenda_calendar_sync.mapping.summary import remote_fields

FLAGGED = Plan(flags=("series",))


def series(tracked: Tracked, seen: Seen, agenda: Agenda | None, rules: Rules) -> Plan:
    """The agenda keeps the appointment's one time; what we told in the event is taken out of it when the link
    may tell it no more, and is back when it may."""
    if agenda is None or not agenda.is_live:
        return Plan(flags=("series",), has_ended=True)
    if not tracked.bases:
        return FLAGGED
    remote = read_remote(tracked, seen, rules)
    if rules.privacy != "busy" and not _tells_nothing(remote):
        return FLAGGED
    told = remote_fields(agenda.fields, agenda.facts, rules.privacy)
    wanted = told_no_more(remote, told) if keeps_its_words(tracked, rules) else told
    wanted = replace(wanted, period=remote.fields.period)
    names = frozenset(name for name in REMOTE_NAMES if differs(remote, wanted, name))
    if not names:
        return FLAGGED
    base = Base(tracked.revision + 1, agenda.fields, wanted)
    lost = () if keeps_its_words(tracked, rules) else _overwritten(remote, agenda)
    return Plan((Patch(wanted, names, seen.etag),), base, lost, flags=("series",))


def _tells_nothing(remote: RemoteReading) -> bool:
    """It holds what we wrote when the link told no more than busy, and nobody has written over that."""
    if remote.base is None or remote.base.sent.block or remote.base.sent.summary not in NOTHING_SAID:
        return False
    return not any(remote.is_edited(name) for name in ("title", "notes", "owner_name"))


def _overwritten(remote: RemoteReading, agenda: Agenda) -> tuple[Conflict, ...]:
    edited = filter(remote.is_edited, ("title", "notes"))
    kept = agenda.fields
    return tuple(Conflict(name, getattr(kept, name), remote.value(name), "remote") for name in edited)
