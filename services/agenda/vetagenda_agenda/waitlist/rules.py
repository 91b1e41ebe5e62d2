"""Slices of availability, and where in what is free a wish fits. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from vetagenda_kit.problems import InvalidRequest, Problem

LONGEST_SLICE = timedelta(days=1)
STEP = timedelta(minutes=5)
DECIDE_FROM, DECIDE_UNTIL = time(8), time(20)
"""When owners may be told by SMS (SMS-3), and so decide."""
Period = tuple[datetime, datetime]


class WaitlistOff(Problem):
    """The practice has not switched its waiting list on."""

    status, code, title = 409, "waitlist-off", "The practice keeps no waiting list"


class OfferExpired(Problem):
    """The time to decide is over; the slot goes to the next."""

    status, code, title = 410, "offer-expired", "The offer has expired"


class OfferSettled(Problem):
    """It was accepted, declined or withdrawn already. Member: `offer_status`."""

    status, code, title = 409, "offer-settled", "The offer is not open any more"


def slice_of(start: datetime, end: datetime | None, default_length: timedelta) -> Period:
    """The availability slice: without an end the configured length sets it."""
    return _checked(start, end or start + default_length)


def moved(current: Period, start: datetime | None, end: datetime | None) -> Period:
    """Moving the start moves the end by the same length, unless the end is given too."""
    first = start or current[0]
    return _checked(first, end or current[1] + (first - current[0]))


def _checked(start: datetime, end: datetime) -> Period:
    if end <= start:
        raise InvalidRequest.at("/available_to", "it must end after it begins")
    if end - start > LONGEST_SLICE:
        raise InvalidRequest.at("/available_to", "a slice is at most a day: make an entry for each day")
    return start, end


def check_to_come(available: Period, now: datetime, at: str) -> None:
    """Raises InvalidRequest at the field `at`."""
    if available[1] <= now:
        raise InvalidRequest.at(
            at, f"the slice is over: it is {_shown(now)}, and it ended {_shown(available[1])}"
        )


def check_length(available: Period, now: datetime, length: timedelta, at: str) -> None:
    """What is left of the slice holds the visit, begun on five minutes. Raises InvalidRequest at `at`."""
    start = _on_step(max(available[0], now))
    if start + length > available[1]:
        minutes = length // timedelta(minutes=1)
        left = f"from {_shown(start)} to {_shown(available[1])}"
        raise InvalidRequest.at(at, f"a visit of {minutes} minutes does not fit into the slice, {left}")


def _shown(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True)
class Wish:
    """What an entry needs: so long with its buffers, begun and ended in `available`."""

    length: timedelta
    before: timedelta
    after: timedelta
    available: Period


def gaps(window: Period, busy: Collection[tuple[Sequence[int], Sequence[int]]]) -> list[Period]:
    """What of the window is free in every calendar. `busy`: ([starts], [ends]) in epoch seconds each."""
    taken = sorted((start, end) for starts, ends in busy for start, end in zip(starts, ends, strict=True))
    reached, last = window[0].timestamp(), window[1].timestamp()
    free: list[tuple[float, float]] = []
    for start, end in taken:
        free.append((reached, min(start, last)))
        reached = max(reached, end)
    free.append((reached, last))
    return [(_instant(start), _instant(end)) for start, end in free if start < end]


def _instant(epoch_seconds: float) -> datetime:
    return datetime.fromtimestamp(epoch_seconds, UTC)


def first_fit(free: Collection[Period], wish: Wish, now: datetime) -> Period | None:
    """The earliest [start, end) in the slice that lies in a gap with its buffers and has not begun."""
    for begin, stop in free:
        start = _on_step(max(begin + wish.before, wish.available[0], now))
        end = start + wish.length
        if end + wish.after <= stop and end <= wish.available[1]:
            return start, end
    return None


def _on_step(instant: datetime) -> datetime:
    """Up to the next five minutes: nobody is asked to come at 10:07:23."""
    beyond = timedelta(seconds=instant.timestamp() % STEP.total_seconds())
    return instant + STEP - beyond if beyond else instant


def decided_by(made_at: datetime, length: timedelta, start: datetime, zone: tzinfo) -> datetime:
    """Until when an offer stands: `length` of the hours from 08:00 to 20:00 on the practice's clock, because
    nobody decides at night, and at the latest until what is offered begins."""
    reached, left = made_at, length
    while left > timedelta() and reached < start:
        local = reached.astimezone(zone)
        opens = _at(local, DECIDE_FROM)
        closes = _at(local, DECIDE_UNTIL)
        if reached >= closes:
            reached = _at(local + timedelta(days=1), DECIDE_FROM)
            continue
        reached = max(reached, opens)
        step = min(left, closes - reached)
        reached, left = reached + step, left - step
    return min(reached, start)


def _at(local: datetime, hour: time) -> datetime:
    return datetime.combine(local.date(), hour, local.tzinfo).astimezone(UTC)
