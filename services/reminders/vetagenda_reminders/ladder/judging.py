"""What the ladder says of a row that is about to leave."""

from collections.abc import Sequence
from datetime import datetime

from vetagenda_reminders.ladder.pushing import if_taken
from vetagenda_reminders.ladder.queries import rung_of, wait_of
from vetagenda_reminders.ladder.rules import Rung, climb, judged
from vetagenda_reminders.ledger.rules import Decision, Facts
from vetagenda_reminders.ledger.vocabulary import Purpose
from vetagenda_reminders.letters.rules import Pause
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.recalls.rules import Visits
from vetagenda_reminders.tables import Reminder


def with_ladder(
    row: Reminder,
    decision: Decision,
    facts: Facts,
    known: Known,
    earlier: Sequence[Rung],
    now: datetime,
) -> Decision | Pause:
    """The decision as it holds for a step; a row that is none keeps it, unless it is a push that nobody
    takes."""
    decision = if_taken(row, decision, facts, known.subscribed)
    if row.ladder_step is None:
        return decision
    own = rung_of(row)
    confirmed_at = confirmed(row, facts, known, [*earlier, own], now)
    return judged(decision, climb(own, earlier, wait_of(row), confirmed_at, now))


def confirmed(
    row: Reminder, facts: Facts, known: Known, rungs: Sequence[Rung], now: datetime
) -> datetime | None:
    """An appointment's owner says so; a product's books a visit for the animal, or comes."""
    if row.purpose is not Purpose.PRODUCT:
        return facts.appointment.confirmed_by_owner_at if facts.appointment else None
    answer = known.visits.get(row.animal_ids[0])
    if answer is None:
        return None
    visits = Visits.model_validate(answer)
    if visits.next_visit is not None:
        return now
    came = visits.last_visit
    return came if came and came >= min(rung.began_at for rung in rungs) else None
