"""SYNC-2, 4.9: cycles side by side, in turn, in slices, and taken over when their process dies."""

import asyncio
import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from calendar_sync.practice import Practice, at, furnished
from harness import eventually
from peers.google import Fault
from sqlalchemy import text

from vetagenda_calendar_sync.cycle import lease as leases
from vetagenda_calendar_sync.cycle.run import run
from vetagenda_kit.clock import system_now


@pytest.fixture
def told(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives the service other settings for the length of a test."""
    service = practice.house.services["calendar-sync"]

    def tell(**changed: Any) -> None:
        monkeypatch.setattr(service, "settings", service.settings.model_copy(update=changed))

    return tell


async def of_link(practice: Practice, what: str) -> Any:
    async with practice.house.services["calendar-sync"].db.jobs_reading() as session:
        query = text(f"SELECT {what} FROM calendar_link WHERE id = :id")
        return await session.scalar(query, {"id": practice.link})


async def test_a_practice_whose_google_does_not_answer_delays_no_other(practice: Practice, told: Any) -> None:
    """Five links of one practice hang, more than there are places; another practice's cycle is not."""
    told(concurrent_cycles=4)
    other = await furnished(practice.house, practice.google, now="2026-11-24T08:00:00+01:00")
    google, vet = practice.google, practice.google.authorization.signed_in
    for number in range(5):
        await practice.connect(remote_calendar_id=google.add_calendar(f"x{number}-{vet}", vet).id)
        await practice.cycle()
    await other.connect()
    await other.cycle()
    open_again = threading.Event()
    google.faults.add(Fault("events.list", "hook", path="/x", times=5, run=lambda: open_again.wait(20)))
    listed = await practice.sync.get(f"{practice.path}/calendar-links")
    for link in listed.json()["items"]:
        await practice.sync.post(f"{practice.path}/calendar-links/{link['id']}/sync")
    try:
        await other.book(at("2026-11-25 10:00"))
        assert (await other.cycle())["state"] == "active"
        assert not open_again.is_set()
        assert [each["summary"] for each in other.phone.sees()] == ["VACCIN"]
    finally:
        open_again.set()
        await other.close()
    practice.link = listed.json()["items"][-1]["id"]
    await practice.cycle()


async def test_a_long_first_export_goes_in_slices_with_what_comes_next_first(
    practice: Practice, told: Any
) -> None:
    """Every slice here has room for one event; nothing is done twice, and no person has to ask again."""
    days = ["2026-11-27", "2026-11-25", "2026-11-24", "2026-11-26"]
    for day in days:
        await practice.book(at(f"{day} 10:00"), title=day)
    told(cycle_slice=timedelta(0))
    await practice.connect()

    async def all_there() -> bool:
        return len(practice.phone.sees()) == len(days)

    await eventually(all_there, seconds=30)
    calendar = practice.google.calendar("primary")
    assert [event["summary"] for event in calendar.events.values()] == sorted(days)
    assert practice.google.calls.count("events.insert") == len(days)
    told(cycle_slice=timedelta(60))
    assert (await practice.cycle())["last_cycle"] >= len(days)


async def test_a_cycle_that_waits_for_google_keeps_its_lease(linked: Practice, told: Any) -> None:
    told(lease=timedelta(milliseconds=300))
    service, open_again = linked.house.services["calendar-sync"], threading.Event()
    linked.google.faults.add(Fault("events.list", "hook", run=lambda: open_again.wait(20)))
    running = asyncio.create_task(run(service, UUID(linked.link)))
    try:
        first: datetime = await eventually(lambda: of_link(linked, "lease_until"))

        async def renewed() -> bool:
            until: datetime = await of_link(linked, "lease_until")
            return until > first + timedelta(milliseconds=400)

        await eventually(renewed)
        assert await run(service, UUID(linked.link)) is None
    finally:
        open_again.set()
    outcome = await running
    assert outcome is not None
    assert not outcome.failed


async def test_a_cycle_whose_process_died_is_taken_over_after_its_lease(linked: Practice) -> None:
    """SYNC-7: what it had begun is finished by the next one."""
    service = linked.house.services["calendar-sync"]
    assert await leases.begin(service.db, UUID(linked.link), timedelta(milliseconds=300)) is not None
    await linked.book(at("2026-11-25 10:00"))
    assert await run(service, UUID(linked.link)) is None
    link = await linked.cycle()
    assert link["state"] == "active"
    assert len(linked.phone.sees()) == 1


@pytest.mark.parametrize(
    ("header", "seconds"), [("3600", 3600), ("Wed, 31 Dec 2098 23:59:59 GMT", 24 * 3600)]
)
async def test_google_that_asks_for_a_long_wait_is_left_alone(
    linked: Practice, header: str, seconds: int
) -> None:
    """4.9: seconds and dates; the cycle does not sleep for it, the link does, for a day at most."""
    fault = Fault("events.list", status=429, reason="rateLimitExceeded", headers={"Retry-After": header})
    linked.google.faults.add(fault)
    link = await linked.cycle()
    assert (link["state"], link["state_reason"]) == ("degraded", "google: 429 rateLimitExceeded")
    assert linked.google.calls.count() == 1
    assert await of_link(linked, "next_run_at") > system_now() + timedelta(seconds=seconds - 60)


@pytest.mark.parametrize(
    ("status", "reason", "tries"),
    [(503, "backendError", 5), (403, "userRateLimitExceeded", 5), (403, "forbidden", 1), (400, "x", 1)],
)
async def test_how_often_a_call_is_tried(linked: Practice, status: int, reason: str, tries: int) -> None:
    """4.9: at most five times; other refusals not at all."""
    linked.google.faults.add(Fault("events.list", status=status, reason=reason, times=99))
    assert (await linked.cycle())["state"] == "degraded"
    linked.google.faults.clear()
    assert linked.google.calls.count("events.list") == tries
    first: datetime = await of_link(linked, "next_run_at")
    assert timedelta(0) < first - system_now() < timedelta(seconds=61)


async def test_what_google_limits_comes_through_in_the_end(practice: Practice) -> None:
    """The quota is real here: fifty calls a second for one person, over which Google refuses."""
    practice.google.limits.per_user, practice.google.limits.window_seconds = 5, 0.1
    try:
        for minute in range(0, 200, 20):
            await practice.book(at("2026-11-25 10:00") + timedelta(minutes=minute))
        await practice.connect()
        for _ in range(10):
            if len(practice.phone.sees()) < 10:
                await practice.cycle()
        assert len(practice.phone.sees()) == 10
        assert len(practice.google.calendar("primary").events) == 10
    finally:
        practice.google.limits.per_user, practice.google.limits.window_seconds = None, 60.0


@pytest.mark.parametrize("kind", ["html", "reset", "slow", "truncated", "dropped"])
async def test_no_broken_answer_cancels_anything(linked: Practice, told: Any, kind: str) -> None:
    """I9."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    told(google_timeout=timedelta(milliseconds=100))
    fault = Fault("*", kind, status=404, seconds=0.3 if kind == "slow" else 0, times=99)  # type: ignore[arg-type]
    linked.google.faults.add(fault)
    assert (await linked.cycle())["state"] == "degraded"
    linked.google.faults.clear()
    assert (await linked.read(booked["id"]))["status"] == "confirmed"
    told(google_timeout=timedelta(seconds=20))
    assert (await linked.cycle())["state"] == "active"
    assert len(linked.phone.sees()) == 1
