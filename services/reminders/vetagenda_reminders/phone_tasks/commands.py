"""What a call came to."""

from datetime import datetime
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.ladder import queries as ladders
from vetagenda_reminders.ladder.judging import with_ladder
from vetagenda_reminders.ledger import commands, steps, wording
from vetagenda_reminders.ledger.commands import AlreadyLeft
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.queries import due_of
from vetagenda_reminders.ledger.rules import Decision, Skip, decide
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.letters.rules import Pause
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.phone_tasks import queries
from vetagenda_reminders.phone_tasks.schemas import CallMade, Outcome
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.visits.judging import red_among


async def note_call(
    session: WriteSession,
    reminder_id: UUID,
    call: CallMade,
    known: Known | None,
    now: datetime,
    actor: Actor,
) -> Reminder:
    """`known` is what the agenda says of a call that is to be tried again. Raises NotFound, AlreadyLeft."""
    await queries.get(session, reminder_id)
    row = (await session.scalars(commands.select_locked([reminder_id]))).one()
    if row.status is not Status.READY:
        raise AlreadyLeft(f"its status is {row.status.value}", reminder_status=row.status.value)
    row.call_note = call.note or row.call_note
    row.delivery = call.outcome.value
    if call.outcome is Outcome.REACHED:
        commands.finish(session, row, Status.SENT, now, actor)
    elif call.outcome is Outcome.WRONG_NUMBER:
        commands.finish(session, row, Status.FAILED, now, actor, reason=SkipReason.NO_PHONE)
    else:
        await _try_again(session, row, known, now, actor)
    return row


async def _try_again(
    session: WriteSession, row: Reminder, known: Known | None, now: datetime, actor: Actor
) -> None:
    """It stays in the list, unless what the agenda says now makes it needless."""
    row.call_attempts += 1
    decision = await _decision(session, row, known, now) if known else None
    if isinstance(decision, Skip):
        commands.finish(session, row, Status.SKIPPED, now, actor, reason=decision.reason)
    else:
        row.version += 1
        steps.note(session, row, Step.CALLED, actor, now)
        tell(session, row, actor)


async def _decision(session: WriteSession, row: Reminder, known: Known, now: datetime) -> Decision | Pause:
    red = await red_among(session, row.practice_id, [row.subject_id]) if row.administration_id else ()
    facts = wording.facts_of(row, known, red)
    earlier = (await ladders.before(session, [row])).get(row.id, [])
    decision = decide(due_of(row), facts, now, email_ready=True)
    return with_ladder(row, decision, facts, known, earlier, now)
