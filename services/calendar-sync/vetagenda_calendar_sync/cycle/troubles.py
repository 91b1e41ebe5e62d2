"""What becomes of an event that cannot be settled: put off, shown to people, and tried again later. Several
that are refused in a row, and none that is taken, are no trouble of theirs but of the link."""

from dataclasses import dataclass, field

from vetagenda_calendar_sync.cycle.row_memory import RowMemory
from vetagenda_calendar_sync.engine.execute import Drifts, StillMoving
from vetagenda_calendar_sync.engine.ports import Refused, RemoteRefusal
from vetagenda_calendar_sync.engine.trail import INSISTENCE_SPAN
from vetagenda_kit.logs import logger

REFUSALS_IN_A_ROW = 3
INVALID = 400
BROKEN = (ValueError, LookupError, TypeError)  # what a server sent, or we remember, makes no sense
TROUBLE = (StillMoving, Drifts, Refused, RemoteRefusal, *BROKEN)
log = logger("calendar-sync")


@dataclass
class Troubles:
    """Of one cycle. `has_succeeded`: the remote side has taken something."""

    has_succeeded: bool = False
    refusals: list[tuple[RemoteRefusal, int]] = field(default_factory=list)

    async def put_off(self, memory: RowMemory, trouble: Exception, version: int | None) -> None:
        """`version` is the appointment's that could not be settled. Raises a refusal that is the link's."""
        match trouble:
            case StillMoving():
                await memory.put_off("still-moving", version)
            case Drifts():
                await memory.put_off("drift", version, INSISTENCE_SPAN)
            case Refused():
                await memory.put_off(f"agenda-{trouble.code}", version)
            case RemoteRefusal():
                await memory.put_off(self._refused(memory, trouble), version)
            case _:
                log.error("row_failed", link_id=str(memory.lease.link_id), error=type(trouble).__name__)
                await memory.put_off("internal-error", version)

    def _refused(self, memory: RowMemory, refusal: RemoteRefusal) -> str:
        if refusal.status == INVALID:
            return "remote-invalid"
        self.refusals.append((refusal, memory.attempts))
        if not self.has_succeeded and len(self.refusals) >= REFUSALS_IN_A_ROW:
            raise refusal
        return "remote-refused"

    def judge(self) -> None:
        """At the end: was that one event, or is it all of them? Raises the refusal."""
        fresh = [refusal for refusal, attempts in self.refusals if attempts < REFUSALS_IN_A_ROW - 1]
        if fresh and not self.has_succeeded:
            raise fresh[-1]
