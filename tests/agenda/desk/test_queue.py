"""DESK-7: in which order people are called back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from vetagenda_agenda.desk.callbacks.queue import Waiting, positions, queue

NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def waiting(name: str, arrived: int, needed: int | None = None, **more: object) -> Waiting:
    """By the letter of its id; `needed` is the minute in which the need was stated."""
    stated = None if needed is None else at(needed)
    return Waiting(UUID(int=ord(name)), at(arrived), stated, **more)  # type: ignore[arg-type]


def named(items: list[Waiting]) -> str:
    return "".join(chr(each.id.int) for each in items)


@pytest.mark.parametrize(
    ("items", "order"),
    [
        ([waiting("b", 2, 2), waiting("a", 1, 1), waiting("c", 3, 3)], "abc"),
        ([waiting("a", 1, 1), waiting("u", 5, 5, urgent=True)], "ua"),
        ([waiting("u", 9, 9, urgent=True), waiting("v", 5, None, urgent=True)], "vu"),
        ([waiting("n", 1), waiting("a", 9, 9)], "an"),
        ([waiting("m", 2), waiting("n", 1)], "nm"),
        ([waiting("n", 1, 7), waiting("a", 5, 5), waiting("z", 8, 8)], "anz"),
        ([waiting("u", 1, 1, urgent=True), waiting("r", 0, 0, agreed_at=at(10))], "ru"),
        ([waiting("s", 0, 0, agreed_at=at(10)), waiting("r", 5, 5, agreed_at=at(5))], "rs"),
        ([waiting("r", 0, 0, agreed_at=at(11)), waiting("a", 1, 1)], "a"),
    ],
    ids=[
        "order of arrival",
        "urgency raises",
        "urgent ones by arrival, whether they said why or not",
        "no need stated: to the end",
        "at the end by arrival",
        "a need counts from when it is stated",
        "an appointment whose time has come is before all",
        "appointments by their time",
        "who has an appointment later is in no queue",
    ],
)
def test_the_order(items: list[Waiting], order: str) -> None:
    assert named(queue(items, at(10))) == order
    assert named(queue(reversed(items), at(10))) == order


def test_a_position_is_a_number_and_no_time() -> None:
    items = [waiting("a", 1, 1), waiting("b", 2), waiting("r", 0, 0, agreed_at=at(60))]
    assert positions(items, at(10)) == {items[0].id: 1, items[1].id: 2}
