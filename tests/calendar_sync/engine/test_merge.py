"""SYNC-7: one field, two sides, and which revision each of them has seen."""

import pytest

from vetagenda_calendar_sync.engine.merge import Settled, Side, Winner, settle


def still(value: str, revision: int = 1) -> Side[str]:
    return Side(value, False, value, revision)


def edited(value: str, base: str, revision: int = 1) -> Side[str]:
    return Side(value, True, base, revision)


NEW_A, NEW_B = Side("a", True, None, 0), Side("b", True, None, 0)
CASES: list[tuple[str, Side[str], Side[str], Settled[str]]] = [
    ("nobody changed", still("a"), still("a"), Settled("a")),
    ("the agenda changed", edited("b", "a"), still("a"), Settled("b")),
    ("the remote changed", still("a"), edited("b", "a"), Settled("b")),
    ("both the same way", edited("b", "a"), edited("b", "a"), Settled("b")),
    ("both differently", edited("b", "a"), edited("c", "a"), Settled("b", "c", "remote")),
    ("a crash after the remote write", still("a"), still("b", 2), Settled("b")),
    ("a crash, then the remote edited on top", still("a"), edited("c", "b", 2), Settled("c")),
    ("a crash, then the agenda edited", edited("d", "a"), still("b", 2), Settled("d", "b", "remote")),
    ("the same after a field that did not change", edited("d", "a"), still("a", 2), Settled("d")),
    ("a crash, and the remote edited the old", still("b", 2), edited("c", "a"), Settled("b", "c", "remote")),
    ("never agreed, same", NEW_A, NEW_A, Settled("a")),
    ("never agreed", NEW_A, NEW_B, Settled("a", "b", "remote")),
]


@pytest.mark.parametrize(("what", "agenda", "remote", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_field_is_settled(what: str, agenda: Side[str], remote: Side[str], expected: Settled[str]) -> None:
    assert settle(agenda, remote) == expected


@pytest.mark.parametrize(
    ("winner", "expected"), [("agenda", Settled("b", "c", "remote")), ("remote", Settled("c", "b", "agenda"))]
)
def test_a_link_may_let_the_remote_side_win(winner: Winner, expected: Settled[str]) -> None:
    assert settle(edited("b", "a"), edited("c", "a"), winner) == expected
