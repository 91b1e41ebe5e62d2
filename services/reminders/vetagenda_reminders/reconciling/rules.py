"""What the ledger missed of the agenda's coming appointments. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from vetagenda_reminders.facts import InAgenda, State


class Found(StrEnum):
    """`missing`: reminders never heard of it. `behind`: planned for an older state. `ahead`: planned for a
    newer one than there is, as after a restore of the agenda. `gone`: still to be told of, but not coming."""

    MISSING = "missing"
    BEHIND = "behind"
    AHEAD = "ahead"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class InLedger:
    """What its messages were last planned for, `seen` the last version of which reminders heard. `coming`:
    it should start after the instant of comparing, and something is still to be said of it."""

    id: UUID
    dirty: bool
    seen: int
    version: int | None
    state: State | None
    start: datetime | None
    coming: bool


def compare(
    agenda: Iterable[InAgenda], ledger: Mapping[UUID, InLedger], settled: datetime
) -> dict[UUID, Found]:
    """By appointment what is wrong. What the agenda changed after `settled` may still be on its way."""
    listed = {one.id: one for one in agenda}
    found = {
        one.id: judged
        for one in listed.values()
        if one.updated_at <= settled and (judged := _judge(one, ledger.get(one.id)))
    }
    return found | dict.fromkeys(_gone(ledger, listed), Found.GONE)


def _gone(ledger: Mapping[UUID, InLedger], listed: Mapping[UUID, InAgenda]) -> Iterator[UUID]:
    for one in ledger.values():
        if one.coming and not one.dirty and one.id not in listed:
            yield one.id


def _judge(there: InAgenda, here: InLedger | None) -> Found | None:
    """What waits to be planned will be, by the state of that moment; unless it waits for a version that the
    agenda no longer has."""
    if here is None:
        return Found.MISSING
    if max(here.seen, here.version or 0) > there.version:
        return Found.AHEAD
    if here.dirty:
        return None
    planned = (here.version, here.state, here.start)
    return None if planned == (there.version, there.state, there.start) else Found.BEHIND
