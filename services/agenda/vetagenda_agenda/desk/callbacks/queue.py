"""In which order people are called back (DESK-7). Pure.

First who has an agreed appointment, once its time has come: that is guaranteed. Then urgent ones; then those
who say what they need; at the end those who do not. Within each of these the order of arrival. Asking again,
over whichever channel, gains nobody a place; and a need that is stated later counts from then on, so that
"call me back" keeps no place for whatever may come to mind.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    """`needed_since` is when it was first said what is needed, None while it is not. `agreed_at` is the start
    of a call-back appointment."""

    id: UUID
    arrived_at: datetime
    needed_since: datetime | None
    urgent: bool = False
    agreed_at: datetime | None = None


def queue(items: Iterable[Waiting], now: datetime) -> list[Waiting]:
    """Who is called next comes first. Whose appointment is still to come is in no queue."""
    present = [each for each in items if each.agreed_at is None or each.agreed_at <= now]
    return sorted(present, key=_place)


def positions(items: Iterable[Waiting], now: datetime) -> dict[UUID, int]:
    """By item, 1 is the next. Who waits for an appointment, or not at all, has none: no time is ever
    promised."""
    return {each.id: place for place, each in enumerate(queue(items, now), start=1)}


def _place(item: Waiting) -> tuple[int, datetime, UUID]:
    if item.agreed_at is not None:
        return 0, item.agreed_at, item.id
    if item.urgent:
        return 1, item.arrived_at, item.id
    if item.needed_since is not None:
        return 2, item.needed_since, item.id
    return 3, item.arrived_at, item.id
