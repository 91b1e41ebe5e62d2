"""Letters are looked at anew before they are printed, and are sent once they were."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.languages import language_of
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.outward_calls import Counts, note_with
from vetagenda_kit.problems import Conflict
from vetagenda_kit.service import Service
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ledger import commands
from vetagenda_reminders.ledger.rules import Facts
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.letters import queries
from vetagenda_reminders.letters.paper import Letter, recipient_of
from vetagenda_reminders.letters.schemas import LeftOut, PrintedView
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.sending import asking, by_hand
from vetagenda_reminders.sending.by_hand import Look, Ready
from vetagenda_reminders.tables import Reminder


class LettersChanged(Conflict):
    code = "letters-changed"
    title = "None of these letters is to be printed any more"

    @classmethod
    def because(cls, left_out: Sequence[LeftOut]) -> "LettersChanged":
        told = [one.model_dump(mode="json") for one in left_out]
        return cls("none of the reminders is a letter that may leave now", left_out=told)


@dataclass
class Batch:
    """What may be printed now, and what is left out of it and why."""

    practice: PracticeFacts
    now: datetime
    letters: list[Letter] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


async def look_again(service: Service, practice_id: UUID, ids: Sequence[UUID], actor: Actor) -> Batch:
    """Asks the agenda about every letter, and words it from what it says now. One that must not leave any
    more is skipped. Raises NotFound, InvalidRequest, ServiceUnavailable and LettersChanged.

    No session is open while the agenda is asked, and what was skipped stays so also when nothing is left.
    """
    async with service.db.reading([practice_id]) as session:
        rows = await queries.named(session, ids)
    asked = [row for row in rows if row.status is Status.READY]
    if not asked:
        raise LettersChanged.because([_as_it_is(row) for row in rows])
    known = await asking.about(service, practice_id, asked)
    batch = Batch(known.practice, known.practice.now or system_now())
    async with service.db.writing([practice_id]) as session:
        await _judge_all(session, batch, known, ids, actor)
    if not batch.letters:
        raise LettersChanged.because(batch.left_out)
    return batch


async def _judge_all(
    session: WriteSession, batch: Batch, known: Known, ids: Sequence[UUID], actor: Actor
) -> None:
    found = {row.id: row for row in await session.scalars(commands.select_locked(ids))}
    look = await by_hand.look(session, known, found.values())
    for one in ids:
        judged = _judge(session, found[one], look, actor)
        if isinstance(judged, Letter):
            batch.letters.append(judged)
        else:
            batch.left_out.append(judged)


def _judge(session: WriteSession, row: Reminder, look: Look, actor: Actor) -> Letter | LeftOut:
    """The ledger shows what is on the paper."""
    if row.status is not Status.READY:
        return _as_it_is(row)
    judged = look.judge(row)
    by_hand.settle(session, row, judged, look.now, actor)
    if isinstance(judged, Ready):
        return _letter(row, look.facts(row), judged, look.known.practice)
    if row.drawn_at and look.now >= row.useful_until:
        return LeftOut.because(row.id, SkipReason.TOO_LATE.value)
    return _as_it_is(row)


def _as_it_is(row: Reminder) -> LeftOut:
    reason = row.skip_reason.value if row.skip_reason else row.status.value
    return LeftOut.because(row.id, reason)


def _letter(row: Reminder, facts: Facts, ready: Ready, practice: PracticeFacts) -> Letter:
    locale = facts.owner.locale if facts.owner else None
    return Letter(
        str(row.id),
        language_of(locale or practice.locale),
        recipient_of(ready.recipient, facts.owner, practice),
        ready.message.subject or "",
        ready.message.body,
    )


async def note_drawn(service: Service, practice_id: UUID, letters: Iterable[Letter], now: datetime) -> None:
    """They may lie in the post when their day has passed, and wait to be marked."""
    ids = [UUID(letter.id) for letter in letters]
    waiting = col(Reminder.id).in_(ids), col(Reminder.status) == Status.READY
    drawn = update(Reminder).where(*waiting).values(drawn_at=now)
    async with service.db.writing([practice_id]) as session:
        await session.execute(drawn.execution_options(synchronize_session=False))


async def mark_printed(
    session: WriteSession, ids: Sequence[UUID], now: datetime, actor: Actor
) -> PrintedView:
    """They are in the post. Raises NotFound and InvalidRequest; what is not ready is left out."""
    await queries.named(session, ids)
    found = {row.id: row for row in await session.scalars(commands.select_locked(ids))}
    for row in found.values():
        if row.status is Status.READY:
            commands.finish(session, row, Status.SENT, now, actor, delivery="printed")
            note_with(session, row.practice_id, row.channel.value, Counts(messages=1, parts=1), now)
    sent = [one for one in ids if found[one].status is Status.SENT]
    others = [_as_it_is(found[one]) for one in ids if found[one].status is not Status.SENT]
    return PrintedView(printed=sent, left_out=others)
