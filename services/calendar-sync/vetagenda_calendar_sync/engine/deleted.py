"""What has to be done when a person has deleted an event. Pure."""

from datetime import datetime

from vetagenda_calendar_sync.engine.actions import (
    ENDED,
    Cancel,
    Conflict,
    Leave,
    Look,
    Plan,
    Reincarnate,
)
from vetagenda_calendar_sync.engine.insisting import insisting
from vetagenda_calendar_sync.engine.sides import is_edited
from vetagenda_calendar_sync.engine.state import CANCELLABLE, OVER, Agenda, Rules, Seen, Tracked
from vetagenda_calendar_sync.engine.verdict import Verdict

EVENT_KEPT = Conflict("event", "kept", "deleted", "remote")


def event_deleted(tracked: Tracked, seen: Seen, agenda: Agenda | None, rules: Rules, now: datetime) -> Plan:
    if agenda is None or not agenda.is_live:
        return ENDED
    if not seen.is_confirmed:
        return Plan((Look(),))
    if rules.verdict and rules.verdict.of_deletion:
        return _decided_deletion(agenda, rules.verdict, now)
    edited = is_edited(tracked, agenda)
    if tracked.has_ended or tracked.agreed is None or rules.mode == "agenda_to_remote" or edited:
        return insisting(_come_back(tracked, agenda, edited, now), tracked, rules, now)
    return _cancel(agenda, now)


def _cancel(agenda: Agenda, now: datetime) -> Plan:
    """What is over is not undone by a deletion, nor what has begun to happen: its event comes back."""
    if agenda.fields.period.end <= now or agenda.facts.status in OVER:
        return ENDED
    if agenda.facts.status in CANCELLABLE:
        return Plan((Cancel(),), has_ended=True)
    return Plan((Reincarnate(),), conflicts=(EVENT_KEPT,))


def _decided_deletion(agenda: Agenda, verdict: Verdict, now: datetime) -> Plan:
    """After a restore the agenda may have forgotten that a visit was handed to another vet, in whose calendar
    it lives: that one's link brings it there."""
    if verdict.of_deletion == "remote":
        if verdict.of_all and agenda.is_shared:
            return Plan((Leave(),), has_ended=True)
        return ENDED if verdict.is_elsewhere else _cancel(agenda, now)
    return Plan((Reincarnate(),)) if agenda.fields.period.end > now else ENDED


def _come_back(tracked: Tracked, agenda: Agenda, edited: bool, now: datetime) -> Plan:
    """The appointment stands although its event is gone: an edit beats a deletion, and is told of."""
    stays_gone = tracked.agreed is not None and not edited and tracked.has_ended
    if stays_gone or agenda.fields.period.end <= now:
        return ENDED
    is_known = (tracked.agreed and edited) or tracked.pending
    told = (EVENT_KEPT,) if is_known else ()
    return Plan((Reincarnate(),), conflicts=told)
