"""When the next step of a ladder leaves, and when it needs to no more (REM-17). Pure.

Each ticked channel is a row of the ledger, a step, in the order of what it costs. A step that could not be
taken makes way at once; one that was taken waits for the owner's confirmation. That a message was delivered
is only noted: nobody has said anything yet.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vetagenda_reminders.ledger.rules import Decision, Skip, Wait
from vetagenda_reminders.ledger.vocabulary import Channel, SkipReason, Status
from vetagenda_reminders.letters.rules import Pause

ORDER = (Channel.PUSH, Channel.SMS, Channel.EMAIL, Channel.PHONE, Channel.LETTER)

UNREACHABLE = frozenset(
    {
        SkipReason.NO_MOBILE,
        SkipReason.NO_EMAIL,
        SkipReason.INVALID_EMAIL,
        SkipReason.NO_ADDRESS,
        SkipReason.NO_PHONE,
        SkipReason.NO_DEVICE,
        SkipReason.NOT_PUBLISHED,
        SkipReason.NO_CONSENT,
        SkipReason.ADDRESS_BOUNCED,
        SkipReason.EMAIL_NOT_CONFIGURED,
        SkipReason.OVER_QUOTA,
        SkipReason.OPTED_OUT,
    }
)
"""Says something of one channel only: another one may do."""

_SAID_ELSEWHERE = frozenset(
    {SkipReason.MERGED, SkipReason.ALREADY_SAID, SkipReason.MERGED_VISIT, SkipReason.SUPERSEDED}
)
_TOLD = frozenset({Status.SENT, Status.SENDING, Status.READY})
_OUT = frozenset({Status.WITHDRAWN, Status.CANCELLED})
_ON_ITS_WAY = frozenset({Status.PLANNED, Status.SENDING})


@dataclass(frozen=True, slots=True)
class Rung:
    """One step as far as the others ask for it, numbered from 1. `in_doubt`: nobody can tell whether its
    message arrived."""

    number: int
    channel: Channel
    status: Status
    due_at: datetime
    reason: SkipReason | None = None
    finished_at: datetime | None = None
    in_doubt: bool = False

    @property
    def was_told(self) -> bool:
        """Its message is with the owner, or on its way, or another message says the same."""
        return self.status in _TOLD or (self.status is Status.SKIPPED and self.reason in _SAID_ELSEWHERE)

    @property
    def began_at(self) -> datetime:
        return self.finished_at or self.due_at


def ordered(ticked: Iterable[Channel]) -> tuple[Channel, ...]:
    """The steps of what is ticked."""
    wanted = set(ticked)
    return tuple(channel for channel in ORDER if channel in wanted)


def rises_at(earlier: Sequence[Rung], step: timedelta) -> datetime | None:
    """When the step after these may leave: at once after one that reached nobody, or of which nobody knows;
    or when it has been waited for. None: nothing stands before it, so that it keeps its own time."""
    standing = [rung for rung in earlier if rung.status not in _OUT]
    if not standing:
        return None
    last = max(standing, key=_number)
    if (last.was_told and not last.in_doubt) or last.status is Status.PLANNED:
        return last.began_at + step
    return last.began_at


def is_answered(own: Rung, earlier: Collection[Rung], confirmed_at: datetime | None) -> bool:
    """The owner has confirmed, or spoke with somebody. A confirmation from before the ladder began still
    lets one message remind, and no other."""
    if any(_has_answered(rung) for rung in earlier):
        return True
    if confirmed_at is None:
        return False
    if any(rung.was_told for rung in earlier) or (own.number > 1 and not earlier):
        return True
    begun = [rung.began_at for rung in (*earlier, own) if rung.status is not Status.PLANNED]
    return any(confirmed_at >= instant for instant in begun)


def _has_answered(rung: Rung) -> bool:
    """A call ends as sent when the owner was reached."""
    reached = rung.channel is Channel.PHONE and rung.status is Status.SENT
    return reached or rung.reason is SkipReason.CONFIRMED_BY_OWNER


def climb(
    own: Rung, earlier: Sequence[Rung], step: timedelta, confirmed_at: datetime | None, now: datetime
) -> Skip | Wait | Pause | None:
    """May this step leave now? None: nothing in the ladder keeps it."""
    if is_answered(own, earlier, confirmed_at):
        return Skip(SkipReason.CONFIRMED_BY_OWNER)
    if own.status is Status.READY:
        return None
    rise = rises_at(earlier, step)
    if rise is not None and rise > now:
        return Wait(rise)
    standing = [rung for rung in earlier if rung.status not in _OUT]
    return Pause() if standing and max(standing, key=_number).status in _ON_ITS_WAY else None


def judged(decision: Decision, climbing: Skip | Wait | Pause | None) -> Decision | Pause:
    """What is no more true is skipped whatever the ladder says. A channel that cannot be used is given up
    only when its turn has come: the next one would leave at once."""
    if climbing is None:
        return decision
    if isinstance(decision, Skip) and decision.reason not in UNREACHABLE:
        return decision
    return climbing


def _number(rung: Rung) -> int:
    return rung.number
