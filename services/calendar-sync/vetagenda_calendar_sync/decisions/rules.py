"""What is held back, what is frozen meanwhile, and what a decision means for one event. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from vetagenda_calendar_sync.engine.actions import (
    Cancel,
    Change,
    Create,
    Join,
    Leave,
    Plan,
    Rebirth,
    Reinstate,
)
from vetagenda_calendar_sync.engine.arrive import marked
from vetagenda_calendar_sync.engine.plan import plan
from vetagenda_calendar_sync.engine.state import Agenda, Rules, Seen, Tracked
from vetagenda_calendar_sync.engine.verdict import EVENT, Verdict, plain
from vetagenda_calendar_sync.mapping.fields import Fields, Period
from vetagenda_contracts.calendar_sync import HeldKind, LinkState
from vetagenda_kit.problems import Conflict

What = Literal["recreate", "cancel", "differing", "move", "import"]
RESTORED = "agenda-restored"
STATES: dict[HeldKind, tuple[LinkState, str]] = {
    "rebase": ("needs_rebase", RESTORED),
    "shift": ("suspect_shift", "shift"),
    "mass_delete": ("needs_confirmation", "mass-delete"),
}
RESTORABLE = frozenset({"title", "period", "notes", "owner_name", "phone"})
CALENDARS: Mapping[str, tuple[Any, Any]] = {"calendars": (None, None)}


class CannotBeRestored(Conflict):
    code, title = "cannot-be-restored", "What was lost cannot be brought back by the link"


def can_be_restored(field: str, kept: Any, lost: Any) -> bool:
    """Of what both sides hold. Whole days are no time that an appointment could have."""
    is_timed = field != "period" or (lost and Period.of_json(lost).start.tzinfo is not None)
    return field in RESTORABLE and kept is not None and lost is not None and bool(is_timed)


class StillComparing(Conflict):
    code, title = "still-comparing", "What there is to decide after the restore is not known yet"


class ConflictAnswered(Conflict):
    """`rows` names the conflicts that are not open any more."""

    code, title = "conflict-answered", "Somebody has answered that conflict already"


def state_of(counts: dict[str, int]) -> tuple[LinkState, str | None]:
    """The most serious of what waits gives the link its state; an offered import gives it none."""
    for kind, (state, reason) in STATES.items():
        if counts.get(kind):
            return state, f"{reason}: {counts[kind]}"
    return "active", None


def freezes(kinds: Collection[str]) -> bool:
    """SYNC-8: while one of these waits nothing of the remote side reaches the agenda."""
    return not STATES.keys().isdisjoint(kinds)


def cancels(todo: Plan) -> bool:
    return Cancel() in todo.actions


def reaches_the_agenda(todo: Plan) -> bool:
    inward = Create | Change | Cancel | Leave | Join | Rebirth | Reinstate
    return any(isinstance(action, inward) for action in todo.actions)


def what_holds(
    *, is_frozen: bool, is_held: bool, verdict: Verdict | None, is_believed: bool
) -> Callable[[Plan], bool]:
    """Cancellations always wait for the guard; the rest only while the link is frozen. Who has decided about
    a time has not seen that the event is gone since."""
    if is_believed or (verdict and verdict.of_deletion):
        return lambda todo: False
    return reaches_the_agenda if (is_frozen or is_held) and verdict is None else cancels


def verdict_of(kind: HeldKind, *, accept: bool) -> Verdict | None:
    """`accept` believes the remote side; None where nothing is left to weigh."""
    side: Literal["remote", "agenda"] = "remote" if accept else "agenda"
    match kind:
        case "mass_delete":
            return Verdict(side, frozenset({EVENT}))
        case "shift":
            return Verdict(side, frozenset({"period"}))
        case "rebase":
            return Verdict(side)
    return None


@dataclass(frozen=True)
class Proposal:
    """`differences` of a `differing` pair: by field what the remote side and the agenda say. `calendars` has
    no values: the agenda has it in another one."""

    what: What
    differences: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def proposed(
    tracked: Tracked, agenda: Agenda | None, rules: Rules, now: datetime, *, is_elsewhere: bool = False
) -> Proposal | None:
    """What the agenda would lose or gain if the remote side had its way after a restore; None: nothing.
    `is_elsewhere`: another linked calendar has the appointment's event."""
    if rules.privacy == "busy" and agenda is None:
        return None  # the event holds nothing of the appointment but its time
    if agenda is None and not tracked.bases and marked(tracked.seen, rules) is None:
        return None  # a person's own event that no agenda has ever had: it is taken in once all is decided
    todo = plan(tracked, agenda, replace(rules, verdict=Verdict("remote")), now)
    kinds = {type(action).__name__ for action in todo.actions}
    if "Join" in kinds and agenda is not None and agenda.stands:
        return Proposal("differing", CALENDARS)
    if kinds & {"Create", "Join", "Rebirth", "Reinstate"}:
        return Proposal("recreate")
    if kinds & {"Cancel", "Leave", "Look"} and agenda is not None and agenda.is_live:
        return Proposal("differing", CALENDARS) if is_elsewhere else Proposal("cancel")
    changed = [action for action in todo.actions if isinstance(action, Change)]
    return Proposal("differing", _differences(changed[0], agenda)) if changed and agenda else None


def _differences(change: Change, agenda: Agenda) -> dict[str, tuple[Any, Any]]:
    return {
        name: (plain(getattr(change.fields, name)), plain(getattr(agenda.fields, name)))
        for name in sorted(change.names)
    }


def told_of_event(seen: Seen | None) -> dict[str, Any] | None:
    """What the remote side says, for people; None: there is no such event. A private title is nobody's."""
    if seen is None or seen.is_deleted:
        return None
    if seen.salvaged is not None:
        return {"title": seen.salvaged.title, "start": seen.salvaged.start, "end": None}
    return _told("" if seen.is_private else seen.summary, seen.period)


def told_of_appointment(fields: Fields | None) -> dict[str, Any] | None:
    return None if fields is None else _told(fields.title, fields.period)


def _told(title: str, period: Any) -> dict[str, Any]:
    start, end = period.json() if period else (None, None)
    return {"title": title, "start": start, "end": end}
