"""The notices of one appointment's present state, as rows of the ledger."""

from collections.abc import Iterator

from vetagenda_reminders.appointments.former import former_start
from vetagenda_reminders.appointments.news import Seen
from vetagenda_reminders.appointments.rules import Planned
from vetagenda_reminders.appointments.wishes import SECOND_LOOK, Moment, Wish, told_in
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, Status
from vetagenda_reminders.local_time import next_polite
from vetagenda_reminders.notices.addresses import Place, places
from vetagenda_reminders.notices.rules import as_heard, change_of, rule_of, to_tell
from vetagenda_reminders.notices.schemas import Change
from vetagenda_reminders.tables import AppointmentPlan, Reminder


def plan_notices(
    plan: AppointmentPlan,
    seen: Seen | None,
    current: AppointmentFacts,
    rows: list[Reminder],
    moment: Moment,
) -> Iterator[Wish]:
    change = change_of(seen, current, plan.ended_as)
    if plan.quiet or change is None or moment.now >= current.end:
        return
    chosen = moment.settings.staff_notices
    by_others = not set(plan.changed_by).isdisjoint(chosen.sources)
    for_this = told_in(plan).practice
    for place in places(moment.settings, moment.practice):
        waiting = _waiting(rows, place)
        heard = as_heard(change, seen, current, waiting)
        configured = heard in chosen.on and by_others and chosen.reaches(place[0])
        told = to_tell(heard, waiting, wanted=configured if for_this is None else place[0] in for_this)
        if told is not None:
            yield _wish(told, place, plan, current, rows, moment)


def _waiting(rows: list[Reminder], place: Place) -> set[Change]:
    return {
        change
        for change in Change
        for row in rows
        if row.rule == rule_of(change) and _place(row) == place and row.status is Status.PLANNED
    }


def _place(row: Reminder) -> Place:
    return row.channel, row.recipient_key


def _wish(
    change: Change,
    place: Place,
    plan: AppointmentPlan,
    current: AppointmentFacts,
    rows: list[Reminder],
    moment: Moment,
) -> Wish:
    """A cancellation that a calendar sync brought is told when it still stands a while later (SYNC-8)."""
    channel, now = place[0], moment.now
    if plan.by_sync and change is Change.CANCELLED:
        now += SECOND_LOOK
    due = next_polite(now, moment.practice.zone) if channel is Channel.SMS else now
    rule = rule_of(change)
    former = former_start(rows, (rule, *place), plan.start, current.start)
    planned = Planned(
        rule,
        Purpose.NOTICE,
        channel,
        due,
        max(current.end, due),
        moved_from=former if change is Change.MOVED else None,
    )
    return Wish(planned, (current.sequence, planned.rule, _occurrence(planned, place, rows), *place))


def _occurrence(planned: Planned, place: Place, rows: list[Reminder]) -> int:
    """A change that owners need not hear of (another calendar) has the sequence of the one before."""
    told = [row for row in rows if row.rule == planned.rule and _place(row) == place]
    return sum(row.status is not Status.PLANNED for row in told)
