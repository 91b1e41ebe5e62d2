"""What a call came to."""

from datetime import datetime
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.ledger import commands, steps
from vetagenda_reminders.ledger.commands import AlreadyLeft
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.rules import Skip
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.phone_tasks import queries
from vetagenda_reminders.phone_tasks.schemas import CallMade, Outcome
from vetagenda_reminders.sending import by_hand
from vetagenda_reminders.tables import Reminder

_TAKEN_OFF = frozenset({Status.SKIPPED, Status.WITHDRAWN})


async def note_call(
    session: WriteSession,
    reminder_id: UUID,
    call: CallMade,
    known: Known | None,
    now: datetime,
    actor: Actor,
) -> Reminder:
    """`known` is what the agenda says of it now, None where it does not answer: what a person did is noted
    all the same. Raises NotFound, AlreadyLeft."""
    await queries.get(session, reminder_id)
    row = (await session.scalars(commands.select_locked([reminder_id]))).one()
    if row.status is not Status.READY and not _was_reached_meanwhile(row, call):
        raise AlreadyLeft(f"its status is {row.status.value}", reminder_status=row.status.value)
    needless = await _needless(session, row, known)
    row.call_note = call.note or row.call_note
    row.delivery = call.outcome.value
    if call.outcome is Outcome.NO_ANSWER:
        _try_again(session, row, needless, now, actor)
    else:
        _end(session, row, call.outcome, needless, now, actor)
    return row


def _was_reached_meanwhile(row: Reminder, call: CallMade) -> bool:
    """The call was on somebody's list when they made it, and has left it since: only what was ready has
    words and waits no more."""
    return call.outcome is Outcome.REACHED and row.status in _TAKEN_OFF and row.body is not None


async def _needless(session: WriteSession, row: Reminder, known: Known | None) -> str | None:
    """Why the call is not to be made any more: what the agenda says, or why it left the list."""
    if row.status is not Status.READY:
        return row.skip_reason.value if row.skip_reason else row.status.value
    if known is None:
        return None
    judged = (await by_hand.look(session, known, [row])).judge(row)
    return judged.reason.value if isinstance(judged, Skip) else None


def _end(
    session: WriteSession, row: Reminder, outcome: Outcome, needless: str | None, now: datetime, actor: Actor
) -> None:
    """A call that was made is a fact, whatever has become of its reason."""
    if needless:
        steps.add(session, row, Step.CALLED_ANYWAY, needless, actor, now)
    if outcome is Outcome.REACHED:
        commands.finish(session, row, Status.SENT, now, actor)
    else:
        commands.finish(session, row, Status.FAILED, now, actor, reason=SkipReason.NO_PHONE)


def _try_again(
    session: WriteSession, row: Reminder, needless: str | None, now: datetime, actor: Actor
) -> None:
    """It stays in the list, unless what the agenda says now makes it needless."""
    row.call_attempts += 1
    if needless:
        commands.finish(session, row, Status.SKIPPED, now, actor, reason=SkipReason(needless))
    else:
        row.version += 1
        steps.note(session, row, Step.CALLED, actor, now)
        tell(session, row, actor)
