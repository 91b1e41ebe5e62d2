"""Judges the rows that one worker holds, and writes down what is to come of each."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.ledger import commands, steps
from vetagenda_reminders.ledger.rules import Decision, Facts, Send, Skip, Wait
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import BY_HAND, Channel, SkipReason, Status
from vetagenda_reminders.letters.rules import Pause, beside
from vetagenda_reminders.sending import merging, wording
from vetagenda_reminders.sending.deciding import Sight
from vetagenda_reminders.sending.push import may_cancel, tell_product_push, tell_push
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates.lengths import is_too_long
from vetagenda_reminders.templates.messages import Message


@dataclass(frozen=True)
class Batch:
    """Rows of one practice that are judged in one transaction."""

    session: WriteSession
    sight: Sight
    actor: Actor
    retry_after: timedelta

    @property
    def now(self) -> datetime:
        return self.sight.now

    def together(self, rows: Iterable[Reminder]) -> merging.Together:
        """Which reminders make one message: all that may leave, were they due now."""
        return merging.together(rows, self._may_leave, self.sight.known.practice.zone, self.now)

    def _may_leave(self, row: Reminder) -> bool:
        due_at = min(row.due_at, self.now)
        return isinstance(self.sight.decision(row, self.sight.facts(row), due_at), Send)

    def judge(self, row: Reminder, told_with: Collection[Reminder] = ()) -> bool:
        """False for a row that is as it was, because its text names a link that is not there yet."""
        facts = self.sight.facts(row)
        match self._if_alone(row, self.sight.decision(row, facts)):
            case Pause():
                row.lease, row.leased_until = None, system_now() + self.retry_after
            case Skip(reason):
                self._finish(row, Status.SKIPPED, reason=reason)
            case Wait(until):
                commands.postpone(self.session, row, until, self.actor)
                steps.note(self.session, row, Step.POSTPONED, self.actor, self.now)
            case Send(None):
                self._push(row, facts)
            case Send(str(recipient)):
                return self._write(row, facts, recipient, told_with)
        return True

    def _if_alone(self, row: Reminder, decision: Decision | Pause) -> Decision | Pause:
        """A letter that may leave is needed only where nothing else tells the owner (REM-10); as a step of a
        ladder, because nothing else was answered."""
        alone = row.channel is Channel.LETTER and row.ladder_step is None
        if alone and isinstance(decision, Send):
            return beside(self.sight.words.beside.get(row.id, ()), self.now) or decision
        return decision

    def _push(self, row: Reminder, facts: Facts) -> None:
        row.owner_id = facts.owner.id if facts.owner else row.owner_id
        self._finish(row, Status.SENT, quietly=True)
        visit = facts.appointment or facts.offer
        if visit is None:
            tell_product_push(self.session, row, self.actor)
            return
        closes_before = self.sight.words.cancellation_closes_before
        cancellable = facts.offer is None and may_cancel(visit.start, self.now, closes_before)
        tell_push(self.session, row, visit, facts.zone, self.actor, cancellable=cancellable)

    def _write(self, row: Reminder, facts: Facts, recipient: str, told_with: Collection[Reminder]) -> bool:
        message, members = self._fitting(row, facts, told_with)
        if message is None:
            return False
        self._begin(row, facts, recipient, message)
        merging.told_by(self.session, row, members, self.now, self.actor)
        return True

    def _fitting(
        self, row: Reminder, facts: Facts, told_with: Collection[Reminder]
    ) -> tuple[Message | None, list[Reminder]]:
        """The text, and of the other visits as many as it has room for, the early ones first: what is left
        out makes a message of its own. What the row has told of already stays in it."""
        members = sorted(told_with, key=lambda one: (one.status is Status.PLANNED, one.about_start))
        while True:
            message = wording.message(row, facts, self.sight.known, self.sight.words, members)
            crowded = message and row.channel is Channel.SMS and is_too_long(message.body)
            if not crowded or not members or members[-1].status is not Status.PLANNED:
                return message, members
            merging.let_go([members.pop()])

    def _begin(self, row: Reminder, facts: Facts, recipient: str, message: Message) -> None:
        if not message.body:
            self._finish(row, Status.SKIPPED, reason=SkipReason.EMPTY_TEXT)
            return
        if row.channel is Channel.SMS and is_too_long(message.body):
            self._finish(row, Status.SKIPPED, reason=SkipReason.TOO_LONG)
            return
        row.owner_id = facts.owner.id if facts.owner else row.owner_id
        if row.channel in BY_HAND:
            commands.make_ready(self.session, row, recipient, message, self.actor)
            steps.note(self.session, row, Step.READY, self.actor, self.now)
        else:
            commands.begin(row, recipient, message)

    def _finish(self, row: Reminder, status: Status, **more: Any) -> None:
        commands.finish(self.session, row, status, self.now, self.actor, **more)
