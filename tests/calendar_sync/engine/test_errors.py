"""I9: whatever error whichever call answers, nothing is cancelled by it, nothing is lost, and the next cycles
bring both sides together."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from calendar_sync.engine.world import World
from peers.google.phone import Phone

from vetagenda_calendar_sync.engine.ports import (
    AccessWithdrawn,
    CalendarGone,
    RemoteRefusal,
    RemoteTrouble,
)
from vetagenda_calendar_sync.mapping.fields import Fields, Period

FIRST = datetime(2026, 12, 1, 8, tzinfo=UTC)
LENGTH = timedelta(minutes=20)
LAST_CALL = 10
ERRORS: dict[str, Callable[[], Exception]] = {
    "401": lambda: AccessWithdrawn("authError"),
    "403": lambda: RemoteRefusal(403, "insufficientPermissions"),
    "409": lambda: RemoteRefusal(409, "conflict"),
    "412": lambda: RemoteRefusal(412, "conditionNotMet"),
    "429": lambda: RemoteTrouble("429 rateLimitExceeded"),
    "500": lambda: RemoteTrouble("500 backendError"),
    "no answer": lambda: RemoteTrouble("TimeoutError"),
    "nonsense": lambda: RemoteTrouble("JSONDecodeError"),
}
TROUBLE = (AccessWithdrawn, RemoteRefusal, RemoteTrouble, CalendarGone)


def busy_day() -> World:
    """Settled; then each kind of change is made on one of the sides."""
    world, phone = World(), None
    for number, title in enumerate(("STAYS", "EDITED HERE", "EDITED THERE", "CANCELLED", "DELETED")):
        start = FIRST + timedelta(hours=number)
        world.agenda.put(world.new_id(number), Fields(title, Period(start, start + LENGTH)))
    asyncio.run(world.cycle())
    phone = Phone(world.calendar)
    phone.edit(phone.find("EDITED THERE")["id"], summary="RENAMED THERE")
    phone.delete(phone.find("DELETED")["id"])
    phone.type("TYPED", FIRST + timedelta(hours=6), LENGTH)
    edited = world.agenda.appointments[world.new_id(1)].fields
    world.agenda.put(world.new_id(1), Fields("RENAMED HERE", edited.period))
    cancelled = world.agenda.appointments[world.new_id(3)].fields
    world.agenda.put(world.new_id(3), cancelled, "cancelled")
    late = FIRST + timedelta(hours=7)
    world.agenda.put(world.new_id(9), Fields("BOOKED", Period(late, late + LENGTH)))
    return world


def run_with(world: World, call: int, error: Callable[[], Exception], *, is_applied: bool) -> int:
    """One cycle whose `call`-th call to the remote side goes wrong; how many calls it made."""
    made, answer = 0, world.api.answer

    def answered(*arguments: object) -> dict[str, object]:
        nonlocal made
        made += 1
        if made == call and not is_applied:
            raise error()
        result = answer(*arguments)  # type: ignore[arg-type]
        if made == call:
            raise error()
        return result

    world.api.answer = answered  # type: ignore[method-assign, assignment]
    try:
        asyncio.run(world.cycle())
    except TROUBLE:
        pass
    finally:
        world.api.answer = answer  # type: ignore[method-assign]
    return made


LIVING = {"STAYS", "RENAMED HERE", "RENAMED THERE", "TYPED", "BOOKED"}


@pytest.mark.parametrize("is_applied", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(1, LAST_CALL + 1))
@pytest.mark.parametrize("error", ERRORS)
def test_no_error_is_a_deletion(error: str, call: int, is_applied: bool) -> None:
    world = busy_day()
    run_with(world, call, ERRORS[error], is_applied=is_applied)
    stand = {each.fields.title for each in world.agenda.appointments.values() if each.is_live}
    assert len(stand & {"STAYS", "RENAMED HERE", "EDITED THERE", "RENAMED THERE", "BOOKED"}) == 4
    for _ in range(2):
        asyncio.run(world.cycle())
    live = {each.fields.title for each in world.agenda.appointments.values() if each.is_live}
    assert live == LIVING
    assert sorted(event["summary"] for event in world.calendar.live()) == sorted(LIVING)


def test_the_calls_cover_the_whole_cycle() -> None:
    assert run_with(busy_day(), 0, ERRORS["500"], is_applied=False) <= LAST_CALL
