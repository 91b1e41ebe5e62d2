"""Puts both sides of an appointment before `settle`, field by field, in the agenda's words."""

from dataclasses import dataclass, replace
from typing import Any

from vetagenda_calendar_sync.engine.identity import is_ours
from vetagenda_calendar_sync.engine.merge import Settled, Side, overruled, settle
from vetagenda_calendar_sync.engine.state import Agenda, Base, Rules, Seen, Tracked
from vetagenda_calendar_sync.mapping.description import notes_of, parse
from vetagenda_calendar_sync.mapping.fields import Fields, RemoteFields, fitted, same
from vetagenda_calendar_sync.mapping.summary import WORDS, Privacy, phone_told
from vetagenda_calendar_sync.mapping.text import TITLE_LIMIT, one_line
from vetagenda_calendar_sync.mapping.title import Typed, e164, read_title

BOTH_WAYS: dict[Privacy, frozenset[str]] = {
    "full": frozenset({"title", "period", "notes", "owner_name", "phone"}),
    "initials": frozenset({"title", "period", "notes", "phone"}),
    "busy": frozenset({"period"}),
}
NOTHING_SAID = frozenset({"", *(words["busy"] for words in WORDS.values())})
COUNTERPART = {"title": "summary", "period": "period", "notes": "notes", "owner_name": "location"}


@dataclass(frozen=True)
class RemoteReading:
    """A remote event read against the revision that it has seen. `fields` are what the server holds, of which
    the agenda has not heard those that are `unheard`. `forgotten_phone` (E.164) stands in our block, and a
    restored agenda does not know it any more."""

    base: Base | None
    fields: RemoteFields
    typed: Typed
    is_retitled: bool
    unheard: frozenset[str] = frozenset()
    forgotten_phone: str = ""

    def value(self, name: str) -> Any:
        """What the person on that side means by the field now."""
        if name == "phone":
            known = self.forgotten_phone or (self.base.agenda.phone if self.base else "")
            return self.typed.phone if self.is_retitled and self.typed.phone else known
        if name == "title":
            return self.typed.reason
        return getattr(self.fields, COUNTERPART[name])

    def is_edited(self, name: str) -> bool:
        if name == "phone":
            return bool(self.forgotten_phone) or (self.is_retitled and self.typed.phone is not None)
        counterpart = COUNTERPART[name]
        return self.base is None or not same(
            getattr(self.fields, counterpart), getattr(self.base.held, counterpart)
        )

    def is_news(self, name: str) -> bool:
        return self.is_edited(name) or name in self.unheard

    def side(self, name: str) -> Side[Any]:
        if self.base is None:
            return Side(self.value(name), True, None, 0)
        known = getattr(self.base.agenda, name)
        if not self.is_news(name):
            return Side(known, False, known, self.base.revision)
        return Side(self.value(name), True, known, self.base.revision)


def read_remote(tracked: Tracked, seen: Seen, rules: Rules) -> RemoteReading:
    """`seen.period` may be None only where a base can stand in for it."""
    base = base_of(tracked, seen, rules)
    fields = held_fields(seen, base)
    unheard = _unheard(tracked, base, rules)
    is_retitled = base is None or fields.summary != base.held.summary or "title" in unheard
    typed = read_title(fields.summary, rules.country) if is_retitled else Typed(fields.summary)
    return RemoteReading(base, fields, typed, is_retitled, unheard, _forgotten_phone(fields, base, rules))


def _forgotten_phone(fields: RemoteFields, base: Base | None, rules: Rules) -> str:
    """After a restore a number may stand nowhere any more but in the lines that we wrote into the event."""
    if rules.verdict is None or rules.verdict.of_all is None:
        return ""
    told = phone_told(fields.block, rules.country)
    return "" if base and told == phone_told(base.held.block, rules.country) else told


def _unheard(tracked: Tracked, base: Base | None, rules: Rules) -> frozenset[str]:
    """What a person wrote into an event of her own while the agenda was told of nothing but its time, because
    the link said no more or she kept it private: neither side has agreed to it yet."""
    if base is None or rules.privacy == "busy" or not is_born_there(tracked, rules):
        return frozenset()
    known, sent = base.agenda, base.sent
    written = fitted(Fields(sent.summary, sent.period, sent.notes, sent.location))
    pairs = {
        "title": (one_line(known.title), one_line(written.title)),
        "notes": (notes_of(known.notes), notes_of(written.notes)),
        "owner_name": (one_line(known.owner_name), written.owner_name),
    }
    return frozenset(name for name, (ours, theirs) in pairs.items() if ours != theirs)


def is_born_there(tracked: Tracked, rules: Rules) -> bool:
    return is_ours(rules.key, tracked.appointment_id, tracked.remote_id) is None


def keeps_its_words(tracked: Tracked, rules: Rules) -> bool:
    """A person's own event of which the agenda is told the time alone: its words are not ours to overwrite,
    and nobody's to read in the agenda, not even as a conflict."""
    return rules.privacy == "busy" and is_born_there(tracked, rules)


def base_of(tracked: Tracked, seen: Seen, rules: Rules) -> Base | None:
    """The revision that our mark on the event names, otherwise the agreed one."""
    stamp = seen.stamp
    if stamp and (stamp.key, stamp.appointment_id) == (str(rules.key), str(tracked.appointment_id)):
        pending = [base for base in tracked.pending if base.revision == stamp.revision]
        if pending:
            return pending[0]
    return tracked.agreed


def held_fields(seen: Seen, base: Base | None) -> RemoteFields:
    """What a server holds, in comparable form."""
    period = seen.period or (base.held.period if base else None)
    if period is None:
        raise ValueError("an event without times needs a base")
    description = parse(seen.description, base.sent.block if base else "")
    return RemoteFields(
        summary=one_line(seen.summary, TITLE_LIMIT),
        period=period,
        location=one_line(seen.location),
        notes=description.notes,
        block=description.block,
    )


def agenda_side(tracked: Tracked, agenda: Agenda, name: str) -> Side[Any]:
    """The agenda carries no mark, so the newest revision whose value it holds is taken as its base."""
    value = getattr(agenda.fields, name)
    for base in reversed(tracked.bases):
        known = getattr(base.agenda, name)
        if same(value, known):
            return Side(value, False, known, base.revision)
    oldest = tracked.bases[0] if tracked.bases else None
    if oldest is None:
        return Side(value, True, None, 0)
    return Side(value, True, getattr(oldest.agenda, name), oldest.revision)


def is_edited(tracked: Tracked, agenda: Agenda) -> bool:
    """Has anybody changed the appointment in the agenda since both sides last agreed?"""
    names = ("title", "period", "notes", "owner_name", "phone")
    return any(agenda_side(tracked, agenda, name).is_edited for name in names)


def settle_field(
    tracked: Tracked, agenda: Agenda, remote: RemoteReading, name: str, rules: Rules
) -> Settled[Any]:
    """One field's value for both sides; a field that only we write is the agenda's."""
    ours, verdict = agenda_side(tracked, agenda, name), rules.verdict
    if verdict is not None and name in verdict.values:
        return Settled(verdict.values[name])
    if name == "phone" and remote.forgotten_phone == e164(agenda.facts.owner_phone, rules.country):
        remote = replace(remote, forgotten_phone="")  # the block tells the owner's, where there is no other
    may_flow = can_flow_back(name, agenda, rules)
    if may_flow and verdict is not None and verdict.is_about(name):
        return verdict.settled(ours.value, remote.value(name))
    if not may_flow or rules.mode == "agenda_to_remote":
        is_overruled = remote.base and remote.is_edited(name) and not keeps_its_words(tracked, rules)
        return overruled(ours.value, remote.value(name)) if is_overruled else Settled(ours.value)
    if name in remote.unheard and ours.value not in NOTHING_SAID:
        ours = replace(ours, is_edited=True)  # staff said something of their own meanwhile
    if name == "phone" and remote.base is None and not remote.is_edited(name):
        return Settled(ours.value)
    return settle(ours, remote.side(name), rules.winner)


def can_flow_back(name: str, agenda: Agenda, rules: Rules) -> bool:
    """Does the remote event hold this field whole, and may the agenda's be another?"""
    return name in BOTH_WAYS[rules.privacy] and not (name == "owner_name" and agenda.has_owner)


def new_fields(remote: RemoteReading) -> Fields:
    """The appointment that a remote event makes when the agenda has none yet."""
    pending = remote.base.agenda if remote.base else None
    values = {
        name: remote.value(name) if pending is None or remote.is_news(name) else getattr(pending, name)
        for name in ("title", "period", "notes", "owner_name", "phone")
    }
    return Fields(**values)
