"""Whose turn it is: no practice, and no crowd of slow links, takes all the places. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Waiting:
    """A link whose turn has come. `is_slow`: its last cycle failed, was cut off, or it is its first."""

    link_id: UUID
    practice_id: UUID
    is_slow: bool


def most_of_one_practice(places: int) -> int:
    return max(1, places // 4)


def most_of_slow_links(places: int) -> int:
    return max(1, places // 2)


def choose(waiting: Sequence[Waiting], running: Iterable[Waiting], places: int) -> list[Waiting]:
    """Those to begin now, out of `waiting` (the longest waiting first): practices in turn, beginning with
    those that have the fewest running."""
    running = list(running)
    chosen: list[Waiting] = []
    taken = Counter(each.practice_id for each in running)
    slow, room = sum(each.is_slow for each in running), places - len(running)
    for each in _in_turn(waiting, taken):
        if len(chosen) >= room:
            break
        is_over = taken[each.practice_id] >= most_of_one_practice(places)
        if is_over or (each.is_slow and slow >= most_of_slow_links(places)):
            continue
        chosen.append(each)
        taken[each.practice_id] += 1
        slow += each.is_slow
    return chosen


def _in_turn(waiting: Sequence[Waiting], taken: Counter[UUID]) -> list[Waiting]:
    """A practice's second link comes after every other practice's first."""
    place, turns = Counter(taken), list[tuple[int, int]]()
    for number, each in enumerate(waiting):
        turns.append((place[each.practice_id], number))
        place[each.practice_id] += 1
    return [waiting[number] for _, number in sorted(turns)]
