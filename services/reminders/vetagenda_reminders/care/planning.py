"""The care steps of one appointment's present state, as rows of the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass

from vetagenda_reminders.appointments.news import Seen
from vetagenda_reminders.appointments.wishes import Moment, Wish
from vetagenda_reminders.care import rules
from vetagenda_reminders.care.queries import Steps, steps_around
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.tables import AppointmentPlan, Reminder


@dataclass(frozen=True)
class CarePlanner:
    """Plans by the timelines of the batch's types."""

    steps: Steps

    def __call__(
        self,
        _plan: AppointmentPlan,
        _seen: Seen | None,
        current: AppointmentFacts,
        rows: list[Reminder],
        moment: Moment,
    ) -> Iterator[Wish]:
        steps = steps_around(current, self.steps)
        known = {row.rule for row in rows}
        coming = _coming(rows, current, moment)
        for one in rules.plan(current, steps, moment.practice.zone, moment.now, known):
            if one.skip is not SkipReason.INSIDE_WINDOW or (one.rule, one.channel) not in coming:
                yield Wish(one, (current.sequence, one.rule, 0, one.channel, f"owner:{current.owner_id}"))


def _coming(rows: list[Reminder], current: AppointmentFacts, moment: Moment) -> set[tuple[str, str]]:
    """What would leave later than the timeline says by now: it is withdrawn, not left as it was."""
    return {
        (row.rule, row.channel)
        for row in rows
        if row.status is Status.PLANNED
        and row.subject_sequence == current.sequence
        and row.due_at > moment.now
    }
