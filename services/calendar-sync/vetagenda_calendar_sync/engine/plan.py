"""What has to be done about one appointment of one link: a pure function of what is remembered and read."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from vetagenda_calendar_sync.engine.actions import (
    ENDED,
    Action,
    Change,
    Conflict,
    Create,
    Insert,
    Join,
    Look,
    Patch,
    Plan,
    Rebirth,
    Reinstate,
    Remove,
)
from vetagenda_calendar_sync.engine.arrive import is_of_another_link
from vetagenda_calendar_sync.engine.contest import contested, with_conflicts
from vetagenda_calendar_sync.engine.deleted import event_deleted
from vetagenda_calendar_sync.engine.insisting import gives_up, insisting
from vetagenda_calendar_sync.engine.merge import Settled, Winner, overruled
from vetagenda_calendar_sync.engine.series import series
from vetagenda_calendar_sync.engine.sides import (
    RemoteReading,
    is_born_there,
    keeps_its_words,
    new_fields,
    read_remote,
    settle_field,
)
from vetagenda_calendar_sync.engine.state import Agenda, Base, Rules, Seen, Tracked
from vetagenda_calendar_sync.engine.writing import patches, told_no_more
from vetagenda_calendar_sync.mapping.fields import Fields, RemoteFields, same
from vetagenda_calendar_sync.mapping.summary import Facts, remote_fields, words_of

NAMES = ("title", "period", "notes", "owner_name", "phone")
NOTHING = Plan()


def plan(tracked: Tracked, agenda: Agenda | None, rules: Rules, now: datetime) -> Plan:
    """`agenda` is None when the agenda does not know the appointment. An error is never a None."""
    if tracked.seen is None:
        return _without_event(tracked, agenda, rules)
    if tracked.seen.is_private and is_born_there(tracked, rules):  # nobody else's to read
        rules = replace(rules, privacy="busy")
    if tracked.seen.is_deleted:
        return event_deleted(tracked, tracked.seen, agenda, rules, now)
    return insisting(_event_lives(tracked, tracked.seen, agenda, rules), tracked, rules, now)


def _without_event(tracked: Tracked, agenda: Agenda | None, rules: Rules) -> Plan:
    """The remote side is not known to hold it."""
    if agenda is not None and agenda.is_live:
        return _insert(tracked, agenda, rules)
    if tracked.pending:  # an insert may have arrived although its answer was lost (R-INTENT)
        return Plan((Look(),))
    return ENDED


def _insert(tracked: Tracked, agenda: Agenda, rules: Rules) -> Plan:
    event = remote_fields(agenda.fields, agenda.facts, rules.privacy)
    return Plan((Insert(event),), Base(tracked.revision + 1, agenda.fields, event))


def _event_lives(tracked: Tracked, seen: Seen, agenda: Agenda | None, rules: Rules) -> Plan:
    if is_of_another_link(seen, rules):  # which has marked it since we took it for a person's: it is theirs
        return Plan(flags=("of-another-link",))
    if seen.is_unreadable:
        return Plan(flags=("too-large" if seen.is_too_large else "unreadable",))
    if seen.is_series:
        return series(tracked, seen, agenda, rules)
    decided = rules.verdict.of_all if rules.verdict else None
    if agenda is None and decided == "agenda":
        if seen.is_private and is_born_there(tracked, rules) and seen.period is not None:
            return _create_busy(tracked, seen, read_remote(tracked, seen, rules), rules)
        return Plan((Remove(),), conflicts=_lost(read_remote(tracked, seen, rules), NAMES), has_ended=True)
    if agenda is None:
        return _create(tracked, seen, rules)
    if agenda.is_live:
        return _both_live(tracked, seen, agenda, rules)
    if tracked.has_ended and tracked.trail.cancelled_version == agenda.version and agenda.is_here:
        return Plan((Reinstate(),))
    if tracked.has_ended:
        return Plan((Rebirth(),))
    if decided == "remote":
        return Plan((Join(rules.verdict.gone_from if rules.verdict else frozenset()),))
    if keeps_its_words(tracked, rules):  # what nobody in the agenda could read nobody there deletes
        return Plan((Rebirth(),), conflicts=(Conflict("event", "kept", "cancelled", "agenda"),))
    if agenda.stands:
        return _moved_away(tracked, seen, agenda, rules)
    return Plan((Remove(),), conflicts=_edits_lost(tracked, seen, rules), has_ended=True)


def _moved_away(tracked: Tracked, seen: Seen, agenda: Agenda, rules: Rules) -> Plan:
    """It was handed to another vet while a person edited its event: the words go with it, the time is the
    other's."""
    if not tracked.bases:
        return Plan((Remove(),), has_ended=True)
    remote = read_remote(tracked, seen, rules)
    settled = {name: settle_field(tracked, agenda, remote, name, rules) for name in NAMES}
    kept, asked = agenda.fields.period, seen.days or remote.fields.period
    is_moved = seen.days is not None or (remote.is_edited("period") and not same(kept, asked))
    settled["period"] = overruled(kept, asked) if is_moved else Settled(kept)
    fields = Fields(**{name: each.value for name, each in settled.items()})
    lost = tuple(_told(name, each, agenda) for name, each in settled.items() if each.lost_by is not None)
    return Plan((*_change(agenda, fields), Remove()), conflicts=lost, has_ended=True)


def _create(tracked: Tracked, seen: Seen, rules: Rules) -> Plan:
    """An event that somebody typed becomes an appointment, and its title is tidied."""
    is_decided = rules.verdict is not None and rules.verdict.of_all == "remote"
    if tracked.agreed is not None and not is_decided:
        return Plan(flags=("missing-in-agenda",))
    if (rules.mode == "agenda_to_remote" and not is_decided) or seen.period is None:
        return NOTHING
    remote = read_remote(tracked, seen, rules)
    fields = new_fields(remote)
    if is_decided and rules.privacy == "full":  # the owner's record is gone with it: the name is not
        fields = replace(fields, owner_name=fields.owner_name or remote.fields.location)
    if rules.privacy == "busy" and (seen.is_private or not is_decided):
        return _create_busy(tracked, seen, remote, rules)
    wanted = remote_fields(fields, Facts("confirmed", rules.locale), rules.privacy)
    base = Base(tracked.revision + 1, fields, wanted)
    unclear = ("title-unclear",) if remote.typed.is_unclear else ()
    actions: tuple[Action, ...] = (*patches(seen, remote, wanted), Create(fields, seen.creator))
    return Plan(actions, base, flags=(*unclear, *_lengthless(seen)))


def _lengthless(seen: Seen) -> tuple[str, ...]:
    return ("no-length",) if seen.has_no_length else ()


def _told(name: str, settled: Settled[Any], agenda: Agenda) -> Conflict:
    """An owner's record says how its owner is called, whatever stands in the appointment."""
    lost_by: Winner = settled.lost_by  # type: ignore[assignment]
    if name == "owner_name" and agenda.has_owner:
        return Conflict("owner", agenda.facts.family_name, settled.lost, lost_by)
    return Conflict(name, settled.value, settled.lost, lost_by)


def _create_busy(tracked: Tracked, seen: Seen, remote: RemoteReading, rules: Rules) -> Plan:
    """The agenda learns when, not what, and what the person wrote stays as it is."""
    fields = Fields(words_of(rules.locale)["busy"], remote.fields.period)
    wanted = replace(remote.fields, block="")  # what we wrote into it before it was kept private
    patch = patches(seen, remote, wanted)
    base = Base(tracked.revision + 1, fields, wanted, None if patch else wanted)
    made = Create(fields, seen.creator, is_private=True)
    return Plan((*patch, made), base, flags=_lengthless(seen))


def _both_live(tracked: Tracked, seen: Seen, agenda: Agenda, rules: Rules) -> Plan:
    if seen.period is None and not tracked.bases:
        return Plan(flags=("not-timed",))
    remote = read_remote(tracked, seen, rules)
    settled = {name: settle_field(tracked, agenda, remote, name, rules) for name in NAMES}
    fields = Fields(**{name: value.value for name, value in settled.items()})
    conflicts = tuple(_told(name, each, agenda) for name, each in settled.items() if each.lost_by is not None)
    trail = replace(tracked.trail, contested=contested(tracked.trail.contested, fields, conflicts, rules))
    wanted = with_conflicts(remote_fields(fields, agenda.facts, rules.privacy), trail, agenda, rules)
    if keeps_its_words(tracked, rules):
        wanted = told_no_more(remote, wanted)
    actions: tuple[Action, ...] = (*patches(seen, remote, wanted, trail), *_change(agenda, fields))
    flags = _unclear(tracked, remote, agenda, fields)
    flags += ("echo-differs",) if gives_up(remote, wanted, trail) else ()
    flags += _lengthless(seen) if rules.mode == "two_way" else ()
    if seen.days is not None and rules.mode == "two_way":  # the agenda has no such time: ours is put back
        flags = ("not-timed",)
        conflicts += (Conflict("period", fields.period, seen.days, "remote"),)
    return Plan(actions, _new_base(tracked, remote, fields, wanted, actions), conflicts, flags, trail=trail)


def _unclear(tracked: Tracked, remote: RemoteReading, agenda: Agenda, fields: Fields) -> tuple[str, ...]:
    """Flagged as long as the title stays as it was typed. What a new link finds as the agenda has it was not
    typed there."""
    agreed = tracked.agreed
    is_as_it_was = tracked.was_unclear and agreed is not None and agreed.agenda.title == fields.title
    is_news = remote.base is not None or fields.title != agenda.fields.title
    is_typed = is_news and remote.is_retitled and remote.typed.is_unclear
    return ("title-unclear",) if is_typed or is_as_it_was else ()


def _new_base(
    tracked: Tracked,
    remote: RemoteReading,
    fields: Fields,
    wanted: RemoteFields,
    actions: tuple[Action, ...],
) -> Base | None:
    """None when nothing is written and nothing is new: an idle cycle leaves no trace."""
    known = tracked.agreed
    is_written = any(isinstance(action, Patch) for action in actions)
    base = Base(tracked.revision + 1, fields, wanted, None if is_written else remote.fields)
    if not actions and not tracked.pending and known and replace(base, revision=known.revision) == known:
        return None
    return base


def _change(agenda: Agenda, fields: Fields) -> tuple[Change, ...]:
    names = {name for name in NAMES if not same(getattr(fields, name), getattr(agenda.fields, name))}
    return (Change(fields, frozenset(names), agenda.version),) if names else ()


def _edits_lost(tracked: Tracked, seen: Seen, rules: Rules) -> tuple[Conflict, ...]:
    """The appointment was cancelled in the agenda while a person edited its event."""
    if not tracked.bases:
        return ()
    remote = read_remote(tracked, seen, rules)
    days = (Conflict("period", None, seen.days, "remote"),) if seen.days is not None else ()
    tellable = ("period",) if keeps_its_words(tracked, rules) else ("title", "period", "notes")
    return days + _lost(remote, filter(remote.is_edited, tellable))


def _lost(remote: RemoteReading, names: Iterable[str]) -> tuple[Conflict, ...]:
    """What the event said of these is nowhere any more but here."""
    values = ((name, remote.value(name)) for name in names)
    return tuple(Conflict(name, None, value, "remote") for name, value in values if value)
