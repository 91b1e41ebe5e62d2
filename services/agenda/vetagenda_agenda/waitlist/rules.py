"""Whom a free time fits, and where in it. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from vetagenda_kit.problems import InvalidRequest, Problem

LONGEST_SLICE = timedelta(days=1)
STEP = timedelta(minutes=5)
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


@dataclass(frozen=True)
class Wish:
    """What an entry needs: the type's length and buffers, in its slice."""

    length: timedelta
    before: timedelta
    after: timedelta
    available: Period


def choose_calendars(
    requires: Sequence[Mapping[str, Any]], wanted: Collection[UUID], free: Mapping[UUID, str]
) -> list[UUID] | None:
    """The fewest of the `free` calendars (id -> kind) that the type needs; None when they do not suffice.

    A wanted calendar stands for all of its kind: who wants one vet takes any room. A type without
    requirements takes one calendar.
    """
    kinds = {free[each] for each in wanted if each in free}
    if wanted and not kinds:
        return None
    usable = {each: kind for each, kind in free.items() if each in wanted or kind not in kinds}
    if not requires:
        preferred = [each for each in usable if each in wanted or not wanted]
        return sorted(preferred, key=lambda each: (usable[each] != "practitioner", each))[:1] or None
    chosen = _meeting(requires, usable)
    return chosen if chosen and (not wanted or set(chosen) & set(wanted)) else None


def _meeting(requires: Sequence[Mapping[str, Any]], usable: Mapping[UUID, str]) -> list[UUID] | None:
    chosen: list[UUID] = []
    for needed in sorted(requires, key=lambda each: not each["any_of"]):
        fitting = [
            each
            for each in sorted(usable)
            if each not in chosen
            and usable[each] == needed["kind"]
            and (not needed["any_of"] or str(each) in needed["any_of"])
        ]
        if not fitting:
            return None
        chosen.append(fitting[0])
    return chosen


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
