"""When to stop: against a person who keeps changing what only we write, and against a server that will not
have a value (R-ECHO, 4.8). Pure."""

from dataclasses import replace
from datetime import datetime

from vetagenda_calendar_sync.engine.actions import Insert, Patch, Plan, Reincarnate
from vetagenda_calendar_sync.engine.sides import RemoteReading
from vetagenda_calendar_sync.engine.state import Base, Rules, Tracked
from vetagenda_calendar_sync.engine.trail import Trail
from vetagenda_calendar_sync.mapping.fields import RemoteFields, same

DRIFTS = Plan(flags=("drift",))
NAMES = ("summary", "period", "location", "notes", "block")


def insisting(todo: Plan, tracked: Tracked, rules: Rules, now: datetime) -> Plan:
    """One way: our values are put back three times in 24 hours, then people are told instead."""
    if rules.mode != "agenda_to_remote" or rules.verdict or not _only_insists(todo, tracked):
        return todo
    if not rules.may_always_insist and not tracked.trail.may_insist(now):
        return DRIFTS
    return replace(todo, trail=(todo.trail or tracked.trail).insist(now))


def _only_insists(todo: Plan, tracked: Tracked) -> bool:
    """Nothing of ours is new: a person's change on the other side is all that there is to undo."""
    agreed = tracked.agreed
    match todo.actions:
        case (Patch(event, names, _),):
            return agreed is not None and all(
                same(getattr(event, name), getattr(agreed.sent, name)) for name in names
            )
        case (Reincarnate(),):
            return agreed is not None
    return False


def is_unheard(remote: RemoteReading, wanted: RemoteFields, trail: Trail, name: str) -> bool:
    """This very value was pushed before and answered with another, more than once."""
    if remote.base is None or not trail.is_unheard(name):
        return False
    return same(getattr(wanted, name), getattr(remote.base.sent, name))


def gives_up(remote: RemoteReading, wanted: RemoteFields, trail: Trail) -> bool:
    return any(
        is_unheard(remote, wanted, trail, name)
        and not same(getattr(wanted, name), getattr(remote.fields, name))
        for name in NAMES
    )


def heard(tracked: Tracked, order: Insert | Patch, pushed: Base, echo: RemoteFields) -> Trail:
    """The trail after a server's answer to a write."""
    names = order.names if isinstance(order, Patch) else frozenset(NAMES)
    unheard = dict(tracked.trail.unheard)
    for name in names:
        count = unheard.pop(name, 0)
        if not same(getattr(echo, name), getattr(pushed.sent, name)):
            before = tracked.agreed
            is_same = before is not None and same(getattr(before.sent, name), getattr(pushed.sent, name))
            unheard[name] = count + 1 if is_same else 1
    return replace(tracked.trail, unheard=unheard)
