"""What waits for a person is looked at anew: before it is shown, before it is printed, when somebody says
what a call came to, and soon after what it is about has changed.

The agenda is asked while no session is open. Of what may not be done any more the reason is kept; what may be
done has the number or address and the words of now.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.ladder import queries as ladders
from vetagenda_reminders.ledger import commands
from vetagenda_reminders.ledger.rules import Send, Skip
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.sending import asking, wording
from vetagenda_reminders.sending.deciding import Sight
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates.messages import Message


@dataclass(frozen=True, slots=True)
class Ready:
    """It may be done: to whom, and with which words."""

    recipient: str
    message: Message

    def is_shown_by(self, row: Reminder) -> bool:
        return (row.recipient, row.subject, row.body) == (
            self.recipient,
            self.message.subject,
            self.message.body,
        )


@dataclass(frozen=True)
class Shown:
    """Those of a page of ready rows that may still be done. `checked_at` is when the agenda said so: None
    while it does not answer, and then all are shown: work is not hidden because nobody can be asked."""

    rows: Sequence[Reminder]
    checked_at: datetime | None
    known: Known | None = None


class Look(Sight):
    def judge(self, row: Reminder) -> Ready | Skip | None:
        """None: it stays as it is. A letter that was drawn in time may lie in the post already, and a text
        that names a link keeps the one that it got when it became ready."""
        facts = self.facts(row)
        match self.decision(row, facts):
            case Skip(SkipReason.TOO_LATE) if row.drawn_at:
                return None
            case Skip() as skip:
                return skip
            case Send(str(recipient)):
                told = wording.message(row, facts, self.known, self.words)
                message = told or Message(row.subject, row.body or "")
                return Ready(recipient, message) if message.body else Skip(SkipReason.EMPTY_TEXT)
        return None


async def look(session: ReadSession | WriteSession, known: Known, rows: Collection[Reminder]) -> Look:
    words = await wording.load(session, known, rows, {})
    words = replace(words, rungs=await ladders.before(session, rows))
    return Look(known, words, known.practice.now or system_now())


def settle(
    session: WriteSession, row: Reminder, judged: Ready | Skip | None, now: datetime, actor: Actor
) -> None:
    """A row that is locked: skipped, or as the list shows it from now on."""
    match judged:
        case Skip(reason):
            commands.finish(session, row, Status.SKIPPED, now, actor, reason=reason)
        case Ready(recipient, message) if not judged.is_shown_by(row):
            commands.make_ready(session, row, recipient, message, actor)


async def shown(service: Service, practice_id: UUID, rows: Sequence[Reminder]) -> Shown:
    try:
        if not rows:
            return Shown([], await service.clock.now(practice_id))
        known = await asking.about(service, practice_id, rows)
    except ServiceUnavailable:
        return Shown(rows, None)
    async with service.db.reading([practice_id]) as session:
        seen = await look(session, known, rows)
    judged = {row.id: seen.judge(row) for row in rows}
    changed = {row.id for row in rows if _changes(row, judged[row.id])}
    anew = await _settle_all(service, practice_id, changed, judged, seen.now)
    now = [anew.get(row.id, row) for row in rows]
    return Shown([row for row in now if row.status is Status.READY], seen.now, known)


def _changes(row: Reminder, judged: Ready | Skip | None) -> bool:
    return isinstance(judged, Skip) or (isinstance(judged, Ready) and not judged.is_shown_by(row))


async def _settle_all(
    service: Service,
    practice_id: UUID,
    ids: Collection[UUID],
    judged: Mapping[UUID, Ready | Skip | None],
    now: datetime,
) -> dict[UUID, Reminder]:
    """Rows that somebody has done meanwhile stay as they are."""
    if not ids:
        return {}
    async with service.db.writing([practice_id]) as session:
        locked = {row.id: row for row in await session.scalars(commands.select_locked(ids))}
        for row in locked.values():
            row.call_back = None
            if row.status is Status.READY:
                settle(session, row, judged[row.id], now, service.job("look-again"))
    return locked
