"""The one judgement behind slots, explain and booking (BOOK-4).

Every offered start books, every refused one names its rule: the first that refuses. The order: what refuses
every start (type, species, owner, calendar, paused), then the day (horizon), the start (lead-time, closed,
holiday, override-closed, walk-in, step), the caps, and last the calendars (calendar when none works then,
closure and absence when that is why those that work cannot, busy when they are taken).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from vetagenda_booking.slots.assignment import Needs, assign, needs_of
from vetagenda_booking.slots.days import DayPlan, Window, plan_day
from vetagenda_booking.slots.question import Offer, Question, Refusal
from vetagenda_booking.slots.taking import TAKEN, Verdict, refuse_end, take, why_taken
from vetagenda_booking.slots.wall_clock import DAY, MINUTE, read_start


def judge(question: Question, start: datetime) -> Verdict:
    """Whether `start` (an aware instant) books, and in which calendars."""
    start = start.astimezone(UTC)
    needs = needs_of(question)
    refusal = _refuse_every_start(question, needs)
    if refusal is not None:
        return refusal
    plan = plan_day(question, start.astimezone(question.zone).date(), needs)
    verdict = _judge_on(plan, start.timestamp())
    return why_taken(plan, start.timestamp()) if verdict is TAKEN else verdict


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
        or refuse_species(question)
        or refuse_owner(question)
        or _refuse_calendars(question, needs)
        or _refuse_pause(question)
    )


def _refuse_type(question: Question) -> Refusal | None:
    if question.offering.bookable_online:
        return None
    return Refusal("type", "This type of appointment is not booked online.")


def refuse_species(question: Question) -> Refusal | None:
    for accepted in (question.rules.species, question.type_rules.species, question.offering.species):
        refused = question.species - accepted if accepted else frozenset()
        if refused:
            return Refusal("species", f"Not offered for {', '.join(sorted(refused))}.")
    return None


def refuse_owner(question: Question) -> Refusal | None:
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
        "paused", f"Online booking is paused until {_first_minute(until, question.zone):%Y-%m-%d %H:%M}."
    )


def _first_minute(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock shows when a full minute begins that is not before: what is said must be possible."""
    begun = instant.replace(second=0, microsecond=0)
    return (begun if begun == instant else begun + MINUTE).astimezone(zone)


def _judge_on(plan: DayPlan, start: float) -> Verdict:
    """`busy` stands for every refusal by the calendars: `why_taken` tells them apart."""
    refusal = _refuse_date(plan) or _refuse_lead(plan.question, start)
    if refusal:
        return refusal
    window = plan.window_at(start)
    if window is None:
        return _closed(plan)
    return _refuse_window(plan, window, start) or _refuse_cap(plan) or take(plan, window, start)


def _refuse_date(plan: DayPlan) -> Refusal | None:
    last = plan.question.last_day
    return Refusal("horizon", f"Bookable up to {last.isoformat()}.") if plan.day.date > last else None


def _refuse_lead(question: Question, start: float) -> Refusal | None:
    if start >= question.earliest_second:
        return None
    return Refusal(
        "lead-time", f"Bookable from {_first_minute(question.earliest, question.zone):%Y-%m-%d %H:%M} on."
    )


def _refuse_window(plan: DayPlan, window: Window, start: float) -> Refusal | None:
    if window.hours.kind == "walk_in":
        return Refusal("walk-in", f"Without appointment {window.shown}: come by, no time is booked.")
    since_opening = plan.shown_at(start) - 60 * window.hours.opens
    # A repeated hour can show a time before the range's start again while the range is already open.
    if since_opening < 0:
        return _closed(plan)
    refusal = refuse_end(plan, window, start, start + plan.question.shortest.total_seconds())
    if refusal:
        return refusal
    step_minutes = plan.question.rules.step_minutes
    if since_opening % (60 * step_minutes):
        return Refusal("step", f"Starts every {step_minutes} minutes from {window.shown}.")
    return None


def _closed(plan: DayPlan) -> Refusal:
    day = plan.day.date.isoformat()
    if plan.closed_by == "holiday":
        public = plan.question.rules.public_holidays
        name = public.name_on(plan.day.date) if public else None
        return Refusal("holiday", f"{day} is in the holidays." if name is None else f"{day} is {name}.")
    hours = ", ".join(window.shown for window in plan.windows) or "closed all day"
    return Refusal(plan.closed_by, f"Hours on {day}: {hours}.")


def _refuse_cap(plan: DayPlan) -> Refusal | None:
    cap = plan.full
    return Refusal("cap", f"At most {cap.limit} of this type per {cap.per}.") if cap else None
