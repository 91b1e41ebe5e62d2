"""What has to be written into an event so that it holds what it shall. Pure."""

from dataclasses import replace

from vetagenda_calendar_sync.engine.actions import Patch
from vetagenda_calendar_sync.engine.insisting import is_unheard
from vetagenda_calendar_sync.engine.sides import RemoteReading
from vetagenda_calendar_sync.engine.state import Seen
from vetagenda_calendar_sync.engine.trail import NO_TRAIL, Trail
from vetagenda_calendar_sync.mapping.fields import RemoteFields, same
from vetagenda_calendar_sync.mapping.text import one_line

REMOTE_NAMES = ("summary", "period", "location", "notes", "block")


def patches(
    seen: Seen, remote: RemoteReading, wanted: RemoteFields, trail: Trail = NO_TRAIL
) -> tuple[Patch, ...]:
    names = {name for name in REMOTE_NAMES if differs(remote, wanted, name)}
    names -= {name for name in names if is_unheard(remote, wanted, trail, name)}
    if seen.period is None:
        names.add("period")
    return (Patch(wanted, frozenset(names), seen.etag),) if names else ()


def differs(remote: RemoteReading, wanted: RemoteFields, name: str) -> bool:
    """A server that answered something else than was sent is left alone (R-ECHO)."""
    want, has, base = getattr(wanted, name), getattr(remote.fields, name), remote.base
    if same(want, has):
        return False
    is_echo = (
        base is not None and same(want, getattr(base.sent, name)) and same(has, getattr(base.held, name))
    )
    return not is_echo


def told_no_more(remote: RemoteReading, wanted: RemoteFields) -> RemoteFields:
    """Of a person's own event only the time is ours to change, and what we wrote into it when the link told
    more: the block, and the owner's name if it is no one that the person typed."""
    base, has = remote.base, remote.fields
    if base and base.sent.block and has.location == base.sent.location != one_line(base.agenda.owner_name):
        has = replace(has, location="")
    return replace(has, period=wanted.period, block="")
