"""4.9: one link's trouble, or one practice's many links, never delays another practice's."""

from uuid import UUID

from vetagenda_calendar_sync.cycle.fairness import Waiting, choose

A, B, C = (UUID(int=number) for number in (1, 2, 3))
PLACES = 16


def links(practice: UUID, count: int, *, slow: bool = False, first: int = 0) -> list[Waiting]:
    return [Waiting(UUID(int=practice.int * 1000 + first + n), practice, is_slow=slow) for n in range(count)]


def per_practice(chosen: list[Waiting]) -> dict[UUID, int]:
    return {p: sum(each.practice_id == p for each in chosen) for p in (A, B, C)}


def test_one_practice_with_many_links_leaves_places() -> None:
    assert per_practice(choose(links(A, 40), [], PLACES)) == {A: 4, B: 0, C: 0}


def test_practices_take_turns() -> None:
    chosen = choose([*links(A, 40), *links(B, 1), *links(C, 1)], [], PLACES)
    assert [each.practice_id for each in chosen[:3]] == [A, B, C]
    assert per_practice(chosen) == {A: 4, B: 1, C: 1}


def test_who_has_many_running_comes_last() -> None:
    running = links(A, 3)
    chosen = choose([*links(A, 5, first=10), *links(B, 2)], running, 6)
    assert [each.practice_id for each in chosen] == [B]
    chosen = choose([*links(A, 5, first=10), *links(B, 2)], running, PLACES)
    assert [each.practice_id for each in chosen] == [B, B, A]


def test_slow_links_of_many_practices_leave_half_of_the_places() -> None:
    slow = [each for n in range(1, 40) for each in links(UUID(int=n), 1, slow=True)]
    healthy = links(UUID(int=99), 1)
    chosen = choose([*slow, *healthy], [], PLACES)
    assert sum(each.is_slow for each in chosen) == PLACES // 2
    assert healthy[0] in chosen
    assert choose([*slow, *healthy], chosen[:8], PLACES) == healthy


def test_full_is_full() -> None:
    running = [each for n in range(1, 17) for each in links(UUID(int=n), 1)]
    assert choose(links(UUID(int=50), 1), running, PLACES) == []
    assert len(choose(links(A, 5), [], 1)) == 1
