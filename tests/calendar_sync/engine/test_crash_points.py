"""SYNC-7: the same day, with the process dying at each point of its first cycle in turn."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from calendar_sync.engine.world import Crash, World
from peers.google.phone import Phone

from vetagenda_calendar_sync.mapping.fields import Fields, Period

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
LENGTH = timedelta(minutes=20)
LAST_POINT = 26  # one more would be after the end of that cycle


def begun(point: int) -> World:
    """An appointment and a typed event, and a first cycle that dies at `point`."""
    world = World()
    world.agenda.put(world.new_id(1), Fields("BOOKED", Period(START, START + LENGTH), "notes"))
    Phone(world.calendar).type("TYPED $ 06 12 34 56 67", START + timedelta(hours=1), LENGTH)

    def crash() -> None:
        raise Crash

    world.points.arm(point, crash)
    try:
        asyncio.run(world.cycle())
    except Crash:
        return world
    finally:
        world.points.happens = None
    return world


def nothing(world: World) -> None:
    pass


def staff_cancel(world: World) -> None:
    booked = world.agenda.appointments[world.new_id(1)]
    world.agenda.put(world.new_id(1), booked.fields, "cancelled")


def phone_edit(world: World) -> None:
    phone = Phone(world.calendar)
    for event in phone.sees():
        phone.edit(event["id"], location="ailleurs")


MEANWHILE: list[tuple[Callable[[World], None], set[str]]] = [
    (nothing, {"BOOKED", "TYPED"}),
    (staff_cancel, {"TYPED"}),
    (phone_edit, {"BOOKED", "TYPED"}),
]


@pytest.mark.parametrize("point", range(1, LAST_POINT + 1))
@pytest.mark.parametrize(("meanwhile", "expected"), MEANWHILE, ids=[each.__name__ for each, _ in MEANWHILE])
def test_the_next_cycle_finishes_what_was_begun(
    meanwhile: Callable[[World], None], expected: set[str], point: int
) -> None:
    world = begun(point)
    meanwhile(world)
    asyncio.run(world.cycle())
    asyncio.run(world.cycle())
    live = [each.fields for each in world.agenda.appointments.values() if each.is_live]
    assert {fields.title for fields in live} == expected
    assert sorted(event["summary"] for event in world.calendar.live()) == sorted(expected)
    assert "+33612345667" in {fields.phone for fields in live}
    calls = len(world.api.calls)
    asyncio.run(world.cycle())
    assert world.api.calls[calls:] == ["list"]


def test_the_points_cover_the_whole_first_cycle() -> None:
    world = begun(LAST_POINT + 1)
    assert all(not row.is_dirty for row in world.rows)
    assert len(world.rows) == 2
