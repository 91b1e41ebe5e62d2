"""The one judgement behind slots, explain and booking (BOOK-4).

Every offered start books, every refused one names its rule: the first that refuses. The order: what refuses
every start (type, species, owner, calendar, paused), then the day (horizon), the start (lead-time, closed,
holiday, override-closed, walk-in, step), the caps, and last the calendars (calendar when none works then,
closure and absence when that is why those that work cannot, busy when they are taken).
"""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice

from vetagenda_booking.slots.assignment import Needs, assign, needs_of
from vetagenda_booking.slots.days import DayPlan, Window, plan_day
from vetagenda_booking.slots.hours import format_clock
from vetagenda_booking.slots.question import Calendar, Offer, Question, Refusal
from vetagenda_booking.slots.wall_clock import DAY, read_start

Verdict = Offer | Refusal

_TAKEN = Refusal("busy", "Taken in every calendar that could take it.")


def judge(question: Question, start: datetime) -> Verdict:
    """Whether `start` (an aware instant) books, and in which calendars."""
    start = start.astimezone(UTC)
    needs = needs_of(question)
    refusal = _refuse_every_start(question, needs)
    if refusal is not None:
        return refusal
    plan = plan_day(question, start.astimezone(question.zone).date(), needs)
    verdict = _judge_on(plan, start.timestamp())
    return _why_taken(plan, start.timestamp()) if verdict is _TAKEN else verdict


def judge_stated(question: Question, stated: datetime) -> tuple[datetime | None, Verdict]:
    """As `judge`, for a start as a caller states it: also by the practice's wall clock, without an offset."""
    start = read_start(stated, question.zone)
    if start is None:
        detail = f"{stated:%Y-%m-%d %H:%M} does not exist in {question.zone.key}: the clocks go forward."
        return None, Refusal("nonexistent-time", detail)
    return start, judge(question, start)


def offered(question: Question, begin: datetime, end: datetime) -> list[Offer]:
    """Every start in [begin, end) that `judge` answers with an offer, in order."""
    return list(_offers(question, begin.astimezone(UTC), end.astimezone(UTC)))


def first_offered(question: Question, begin: datetime, end: datetime, number: int) -> list[Offer]:
    """The first `number` of what is `offered`, judging no more starts than that takes."""
    return list(islice(_offers(question, begin.astimezone(UTC), end.astimezone(UTC)), number))


def _offers(question: Question, begin: datetime, end: datetime) -> Iterator[Offer]:
    needs = needs_of(question)
    if _refuse_every_start(question, needs) is not None:
        return
    first, last = begin.timestamp(), end.timestamp()
    for day in _days(question, begin, end):
        plan = plan_day(question, day, needs)
        verdicts = (_judge_on(plan, start) for start in plan.starts() if first <= start < last)
        yield from (verdict for verdict in verdicts if isinstance(verdict, Offer))


def _days(question: Question, begin: datetime, end: datetime) -> Iterator[date]:
    """The local days that [begin, end) touches, without those that lead time and horizon rule out anyway."""
    day = max(begin, question.now).astimezone(question.zone).date()
    last = min(end.astimezone(question.zone).date(), question.last_day)
    while day <= last:
        yield day
        day += DAY


def _refuse_every_start(question: Question, needs: Needs) -> Refusal | None:
    return (
        _refuse_type(question)
        or _refuse_species(question)
        or _refuse_owner(question)
        or _refuse_calendars(question, needs)
        or _refuse_pause(question)
    )


def _refuse_type(question: Question) -> Refusal | None:
    if question.offering.bookable_online:
        return None
    return Refusal("type", "This type of appointment is not booked online.")


def _refuse_species(question: Question) -> Refusal | None:
    for accepted in (question.rules.species, question.type_rules.species, question.offering.species):
        refused = question.species - accepted if accepted else frozenset()
        if refused:
            return Refusal("species", f"Not offered for {', '.join(sorted(refused))}.")
    return None


def _refuse_owner(question: Question) -> Refusal | None:
    kind = question.owner_kind
    if kind is None or (kind in question.rules.owner_kinds and kind in question.type_rules.owner_kinds):
        return None
    return Refusal("owner", f"Not offered to {kind} owners.")


def _refuse_calendars(question: Question, needs: Needs) -> Refusal | None:
    if assign(needs, lambda _: True, question.calendar_ids) is not None:
        return None
    if question.calendar_ids:
        return Refusal("calendar", "The requested calendars do not take this type of appointment.")
    return Refusal("calendar", "No calendar takes this type of appointment.")


def _refuse_pause(question: Question) -> Refusal | None:
    until = question.rules.paused_until
    if until is None or question.now >= until:
        return None
    return Refusal(
        "paused", f"Online booking is paused until {until.astimezone(question.zone):%Y-%m-%d %H:%M}."
    )


def _judge_on(plan: DayPlan, start: float) -> Verdict:
    end = start + plan.question.seconds[1]
    refusal = (
        _refuse_date(plan)
        or _refuse_lead(plan.question, start)
        or _refuse_hours(plan, start, end)
        or _refuse_cap(plan)
    )
    return refusal or _take(plan, start, end)


def _refuse_date(plan: DayPlan) -> Refusal | None:
    last = plan.question.last_day
    return Refusal("horizon", f"Bookable up to {last.isoformat()}.") if plan.day.date > last else None


def _refuse_lead(question: Question, start: float) -> Refusal | None:
    if start >= question.earliest_second:
        return None
    return Refusal(
        "lead-time", f"Bookable from {question.earliest.astimezone(question.zone):%Y-%m-%d %H:%M} on."
    )


def _refuse_hours(plan: DayPlan, start: float, end: float) -> Refusal | None:
    window = plan.window_at(start)
    if window is None:
        return _closed(plan)
    if window.hours.kind == "walk_in":
        return Refusal("walk-in", f"Without appointment {_clock_range(window)}: come by, no time is booked.")
    return _refuse_window(plan, window, start, end)


def _refuse_window(plan: DayPlan, window: Window, start: float, end: float) -> Refusal | None:
    since_opening = plan.shown_at(start) - 60 * window.hours.opens
    # A repeated hour can show a time before the range's start again while the range is already open.
    if since_opening < 0:
        return _closed(plan)
    if end > window.closes:
        return Refusal(plan.closed_by, f"Ends after the hours {_clock_range(window)}.")
    if plan.type_windows is not None and not any(own.covers(start, end) for own in plan.type_windows):
        return Refusal("closed", "Outside the hours of this type of appointment.")
    step_minutes = plan.question.rules.step_minutes
    if since_opening % (60 * step_minutes):
        return Refusal("step", f"Starts every {step_minutes} minutes from {_clock_range(window)}.")
    return None


def _closed(plan: DayPlan) -> Refusal:
    day = plan.day.date.isoformat()
    if plan.closed_by == "holiday":
        public = plan.question.rules.public_holidays
        name = public.name_on(plan.day.date) if public else None
        return Refusal("holiday", f"{day} is in the holidays." if name is None else f"{day} is {name}.")
    hours = ", ".join(_clock_range(window) for window in plan.windows) or "closed all day"
    return Refusal(plan.closed_by, f"Hours on {day}: {hours}.")


def _clock_range(window: Window) -> str:
    return f"{format_clock(window.hours.opens)}-{format_clock(window.hours.closes)}"


def _refuse_cap(plan: DayPlan) -> Refusal | None:
    cap = plan.full
    return Refusal("cap", f"At most {cap.limit} of this type per {cap.per}.") if cap else None


def _take(plan: DayPlan, start: float, end: float) -> Verdict:
    begins, ends = _with_buffers(plan, start)

    def fits(calendar: Calendar) -> bool:
        return calendar.busy.is_free(begins, ends) and plan.works(calendar, start, end)

    chosen = assign(plan.needs, fits, plan.question.calendar_ids)
    if chosen is None:
        return _TAKEN
    return Offer(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC), chosen)


def _with_buffers(plan: DayPlan, start: float) -> tuple[int, int]:
    """The whole seconds around what an appointment at `start` takes."""
    before, during, after = plan.question.seconds
    return math.floor(start) - before, math.ceil(start) + during + after


def _why_taken(plan: DayPlan, start: float) -> Refusal:
    """What would have to go first for the start to book: for who asks why, not for a list."""
    requested = plan.question.calendar_ids
    begins, ends = _with_buffers(plan, start)
    end = start + plan.question.seconds[1]
    working = tuple(tuple(c for c in need if plan.works(c, start, end)) for need in plan.needs)
    if assign(working, lambda _: True, requested) is None:
        return Refusal("calendar", "No calendar that takes this type works at that time.")
    if assign(working, lambda c: c.closed.is_free(begins, ends), requested) is None:
        return Refusal("closure", "The practice is closed at that time.")
    if assign(working, lambda c: c.away.is_free(begins, ends), requested) is None:
        return Refusal("absence", "Who could take it is absent at that time.")
    return _TAKEN
