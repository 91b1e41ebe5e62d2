"""Conflicts that the remote event itself tells of: whoever lost reads it on the phone and may answer by
editing again (issue: conflicts answered in the remote event). Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vetagenda_calendar_sync.engine.actions import Conflict
from vetagenda_calendar_sync.engine.state import Agenda, Rules
from vetagenda_calendar_sync.engine.trail import Trail
from vetagenda_calendar_sync.engine.verdict import plain, wanted
from vetagenda_calendar_sync.mapping.conflict_lines import conflict_line
from vetagenda_calendar_sync.mapping.fields import Fields, RemoteFields, same
from vetagenda_calendar_sync.mapping.summary import Privacy

SHOWN: Mapping[Privacy, frozenset[str]] = {  # of what the event shows anyway
    "full": frozenset({"title", "period", "notes", "owner_name", "phone"}),
    "initials": frozenset({"title", "period", "notes"}),
    "busy": frozenset(),
}
Contested = Mapping[str, Mapping[str, Any]]


def contested(before: Contested, fields: Fields, conflicts: tuple[Conflict, ...], rules: Rules) -> Contested:
    """A conflict is answered as soon as the field has another value than the one that won it."""
    still = {
        name: each for name, each in before.items() if same(getattr(fields, name), wanted(name, each["kept"]))
    }
    if rules.mode == "agenda_to_remote" or rules.verdict:
        return still
    new = {
        each.field: {"kept": plain(each.kept), "lost": plain(each.lost)}
        for each in conflicts
        if each.field in SHOWN["full"] and each.lost_by == "remote"
    }
    return still | new


def with_conflicts(event: RemoteFields, trail: Trail, agenda: Agenda, rules: Rules) -> RemoteFields:
    """Of what the event shows anyway; what is quoted was typed on that very calendar."""
    lines = [
        conflict_line(name, each["kept"], each["lost"], agenda.facts.locale, rules.zone)
        for name, each in sorted(trail.contested.items())
        if name in SHOWN[rules.privacy]
    ]
    if not lines:
        return event
    return replace(event, block="\n".join([event.block, *lines]).strip("\n"))
