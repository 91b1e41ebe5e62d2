"""The last of the rules: which calendars a start would take, for how long, and why none can.

Calendars may need a time of their own for a type (AGD-6), so how long an appointment is depends on which are
chosen. Whether it fits is judged with the length of the choice; the fairest choice that fits is taken.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from vetagenda_booking.slots.assignment import Chosen, assign
from vetagenda_booking.slots.days import DayPlan, Window
from vetagenda_booking.slots.question import Calendar, Offer, Refusal

Verdict = Offer | Refusal

TAKEN = Refusal("busy", "Taken in every calendar that could take it.")


@dataclass(frozen=True, slots=True)
class Span:
    """An appointment in epoch seconds, [start, end), and the whole seconds that it takes with its buffers."""

    start: float
    end: float
    begins: int
    ends: int


Possible = Callable[[Calendar, Span], bool]
Choice = tuple[tuple[UUID, ...], Span]


def take(plan: DayPlan, window: Window, start: float) -> Verdict:
    """An offer, or TAKEN."""

    def free(calendar: Calendar, span: Span) -> bool:
        return calendar.busy.is_free(span.begins, span.ends) and _works(plan, calendar, span)

    choice = _choose(plan, window, start, free)
    if choice is None:
        return TAKEN
    chosen, span = choice
    return Offer(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(span.end, UTC), chosen)


def refuse_end(plan: DayPlan, window: Window, start: float, end: float) -> Refusal | None:
    """An appointment ends within the hours in which it starts, and within those of its type."""
    if end > window.closes:
        return Refusal(plan.closed_by, f"Ends after the hours {window.shown}.")
    if plan.type_windows is not None and not any(own.covers(start, end) for own in plan.type_windows):
        return Refusal("closed", "Outside the hours of this type of appointment.")
    return None


def why_taken(plan: DayPlan, start: float) -> Refusal:
    """What would have to go first for the start to book: for who asks why, not for a list."""
    window = plan.window_at(start)
    assert window is not None, "what its hours refuse is not taken"

    def possible(*conditions: Possible) -> bool:
        return (
            _choose(plan, window, start, lambda c, span: all(each(c, span) for each in conditions))
            is not None
        )

    def works(calendar: Calendar, span: Span) -> bool:
        return _works(plan, calendar, span)

    if not possible():
        return _too_long(plan, window, start)
    if not possible(works):
        return Refusal("calendar", "No calendar that takes this type works at that time.")
    if not possible(works, lambda c, span: c.closed.is_free(span.begins, span.ends)):
        return Refusal("closure", "The practice is closed at that time.")
    if not possible(works, lambda c, span: c.away.is_free(span.begins, span.ends)):
        return Refusal("absence", "Who could take it is absent at that time.")
    return TAKEN


def _works(plan: DayPlan, calendar: Calendar, span: Span) -> bool:
    return plan.works(calendar, span.start, span.end)


def _choose(plan: DayPlan, window: Window, start: float, possible: Possible) -> Choice | None:
    """The first choice that is possible for as long as it takes."""
    question, shortest = plan.question, _span(plan, start, plan.question.shortest)
    own = question.offering.durations
    if not own:
        chosen = assign(plan.needs, lambda calendar: possible(calendar, shortest), question.calendar_ids)
        return None if chosen is None else (chosen, shortest)

    def at_least(calendar: Calendar) -> bool:
        return possible(calendar, _span_in(plan, start, (calendar.id,)) if calendar.id in own else shortest)

    def suits(chosen: Chosen) -> bool:
        span = _span_in(plan, start, [calendar.id for calendar in chosen])
        in_hours = refuse_end(plan, window, start, span.end) is None
        return in_hours and all(possible(calendar, span) for calendar in chosen)

    chosen = assign(plan.needs, at_least, question.calendar_ids, suits)
    return None if chosen is None else (chosen, _span_in(plan, start, chosen))


def _too_long(plan: DayPlan, window: Window, start: float) -> Refusal:
    """Every choice ends after the hours; said of the fairest."""
    chosen = assign(plan.needs, lambda _: True, plan.question.calendar_ids)
    assert chosen is not None, "that no calendar takes the type is refused before"
    refusal = refuse_end(plan, window, start, _span_in(plan, start, chosen).end)
    assert refusal is not None, "what ends within the hours was possible"
    return refusal


def _span_in(plan: DayPlan, start: float, calendar_ids: Iterable[UUID]) -> Span:
    return _span(plan, start, plan.question.duration_in(calendar_ids))


def _span(plan: DayPlan, start: float, duration: timedelta) -> Span:
    end = start + duration.total_seconds()
    before, after = plan.question.buffer_seconds
    return Span(start, end, math.floor(start) - before, math.ceil(end) + after)
