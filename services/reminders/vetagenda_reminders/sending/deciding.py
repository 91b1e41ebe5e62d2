"""May a row leave? What the agenda said, the practice's own words and the ladder, put together."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from vetagenda_reminders.ladder.judging import with_ladder
from vetagenda_reminders.ledger.queries import due_of
from vetagenda_reminders.ledger.rules import Decision, Facts, decide
from vetagenda_reminders.letters.rules import Pause
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.sending import wording
from vetagenda_reminders.tables import Reminder


@dataclass(frozen=True)
class Sight:
    """What is known while rows of one practice are decided, and the practice's instant. `bounced` are the
    e-mail addresses that are no more."""

    known: Known
    words: wording.Wording
    now: datetime
    bounced: Collection[str] = ()
    email_ready: bool = True

    def facts(self, row: Reminder) -> Facts:
        return wording.facts_of(row, self.known, self.words.red, self.words.settings)

    def decision(self, row: Reminder, facts: Facts, due_at: datetime | None = None) -> Decision | Pause:
        """As if it were due at `due_at`."""
        due = replace(due_of(row), due_at=due_at or row.due_at)
        decision = decide(due, facts, self.now, email_ready=self.email_ready, bounced=self.bounced)
        return with_ladder(row, decision, facts, self.known, self.words.rungs.get(row.id, ()), self.now)
