"""SYNC-6, I8: a pause holds one link, one practice or everything, and whoever was told so can rely on it."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest_asyncio
from calendar_sync.practice import CYCLE_LIMIT_SECONDS, Practice, at
from harness import House, eventually
from peers.google import Fault

from vetagenda_calendar_sync.app import create
from vetagenda_calendar_sync.cycle import lease as leases
from vetagenda_calendar_sync.cycle.run import run

MAINTENANCE = "/v1/calendar-sync/maintenance"


class Gate:
    """Google stops before it answers the chosen call, until it is let go."""

    def __init__(self, practice: Practice, method: str, skip: int = 0) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        practice.google.faults.add(Fault(method, "hook", run=self.stop, skip=skip))

    def stop(self) -> None:
        self.reached.set()
        self.open.wait(CYCLE_LIMIT_SECONDS)

    async def wait(self) -> None:
        assert await asyncio.to_thread(self.reached.wait, CYCLE_LIMIT_SECONDS)


@contextlib.contextmanager
def held(practice: Practice, method: str, skip: int = 0) -> Iterator[Gate]:
    gate = Gate(practice, method, skip)
    try:
        yield gate
    finally:
        gate.open.set()


async def ask(practice: Practice) -> httpx.Response:
    return await practice.sync.post(f"{practice.path}/calendar-links/{practice.link}/sync")


async def patch(practice: Practice, **changes: Any) -> httpx.Response:
    path = f"{practice.path}/calendar-links/{practice.link}"
    return await practice.sync.patch(path, json=changes, headers={"If-Match": "*"})


async def until_quiet(practice: Practice) -> dict[str, Any]:
    async def quiet() -> dict[str, Any] | None:
        seen = (await practice.sync.get(f"{practice.path}/calendar-links/pause")).json()
        return seen if seen["running"] == 0 else None

    found: dict[str, Any] = await eventually(quiet, seconds=CYCLE_LIMIT_SECONDS)
    return found


async def test_a_running_cycle_ends_after_the_event_under_work(linked: Practice) -> None:
    """202 until then; what was left is done once after the resume."""
    for hour in range(5):
        await linked.book(at(f"2026-11-25 {10 + hour}:00"))
    with held(linked, "events.insert", skip=1) as gate:
        asked = (await ask(linked)).json()["cycle"]
        await gate.wait()
        paused = await linked.sync.post(f"{linked.path}/calendar-links/pause")
        assert (paused.status_code, paused.json()["running"]) == (202, 1)
        assert (await linked.state())["running"] is True
    quiet = await until_quiet(linked)
    assert (quiet["paused"], quiet["links"]) == (True, 1)
    assert len(linked.phone.sees()) == 2
    assert (await linked.state())["last_cycle"] < asked
    again = await linked.sync.post(f"{linked.path}/calendar-links/pause")
    assert (again.status_code, again.json()["running"]) == (200, 0)
    linked.google.calls.clear()
    await linked.sync.post(f"{linked.path}/calendar-links/resume")
    await linked.cycle()
    assert len(linked.phone.sees()) == 5
    assert linked.google.calls.count("events.insert") == 3


async def test_while_it_is_paused_nothing_leaves_and_nothing_is_lost(linked: Practice) -> None:
    """I8: no cycle, no sync-now, no token; both backlogs are applied once."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    assert (await patch(linked, paused=True)).status_code == 200
    linked.google.calls.clear()
    linked.google.authorization.expire_access()
    await linked.edit(booked["id"], notes="modifié")
    await linked.settle()
    linked.phone.type("VACCIN", at("2026-11-25 11:00"), timedelta(minutes=30))
    refused = await ask(linked)
    assert (refused.status_code, refused.json()["code"], refused.json()["level"]) == (
        409,
        "sync-paused",
        "link",
    )
    service = linked.house.services["calendar-sync"]
    assert await run(service, UUID(linked.link)) is None
    consent = await linked.consent(linked.link)
    assert consent.json()["code"] == "sync-paused"
    assert linked.google.calls.entries == []
    assert (await patch(linked, paused=False)).json()["state"] == "active"
    await linked.cycle()
    assert len(linked.phone.sees()) == len(await linked.appointments()) == 2
    assert (linked.google.calls.writes, linked.google.calls.count("events.patch")) == (2, 2)


async def test_a_link_made_in_a_paused_practice_waits_too(practice: Practice) -> None:
    await practice.sync.post(f"{practice.path}/calendar-links/pause")
    made = await practice.link_to(practice.vet)
    assert (made["state"], (await practice.consent(made["id"])).json()["code"]) == (
        "connecting",
        "sync-paused",
    )
    await practice.sync.post(f"{practice.path}/calendar-links/resume")
    assert (await practice.consent(made["id"])).status_code == 200


async def test_what_a_link_had_found_out_is_there_again_after_a_pause(linked: Practice) -> None:
    """SYNC-8: a pause must not let held-back deletions through."""
    for hour in range(8):
        await linked.book(at(f"2026-11-25 {10 + hour}:00"))
    await linked.cycle()
    for event in linked.phone.sees():
        linked.phone.delete(event["id"])
    await linked.cycle()
    for level in ("link", "practice"):
        if level == "link":
            await patch(linked, paused=True)
        else:
            await linked.sync.post(f"{linked.path}/calendar-links/pause")
        held_back = await linked.state()
        assert (held_back["state"], held_back["pause"]["level"]) == ("paused", level)
        if level == "link":
            await patch(linked, paused=False)
        else:
            await linked.sync.post(f"{linked.path}/calendar-links/resume")
        assert (await linked.state())["state"] == "needs_confirmation"
    await linked.cycle()
    assert len(await linked.appointments()) == 8


async def test_a_link_paused_by_itself_stays_so_when_its_practice_goes_on(linked: Practice) -> None:
    await patch(linked, paused=True)
    await linked.sync.post(f"{linked.path}/calendar-links/pause")
    await linked.sync.post(f"{linked.path}/calendar-links/resume")
    assert (await linked.state())["pause"]["level"] == "link"


async def test_each_pause_and_resume_is_told_once(linked: Practice) -> None:
    """PART-9."""
    for _ in range(2):
        await patch(linked, paused=True)
    for _ in range(2):
        await patch(linked, paused=False)
    told = await linked.house.events("calendar-sync", linked.id)
    states = [
        (each["data"]["previous_state"], each["data"]["state"])
        for each in told
        if each["type"] == "calendar-sync.link.updated"
    ]
    assert states == [("active", "paused"), ("paused", "active")]


async def test_a_cycle_and_a_pause_never_begin_together(linked: Practice) -> None:
    """Whoever was told that nothing runs can rely on it: raced, one of the two is first."""
    db = linked.house.services["calendar-sync"].db
    for _ in range(8):
        begun, paused = await asyncio.gather(
            leases.begin(db, UUID(linked.link), timedelta(seconds=60)),
            linked.sync.post(f"{linked.path}/calendar-links/pause"),
        )
        assert (begun is None) == (paused.json()["running"] == 0)
        if begun is not None:
            await leases.end(db, begun[1], leases.Outcome(), timedelta(seconds=300))
        await linked.sync.post(f"{linked.path}/calendar-links/resume")


@pytest_asyncio.fixture
async def operator(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.admin("calendar-sync") as client:
        yield client
        await client.put(MAINTENANCE, json={"active": False})


async def test_maintenance_answers_only_when_it_is_quiet(
    linked: Practice, operator: httpx.AsyncClient
) -> None:
    """SYNC-6: 202 while a cycle is under way; then zero requests, whoever asks, until it ends."""
    await linked.book(at("2026-11-25 10:00"))
    with held(linked, "events.list") as gate:
        await ask(linked)
        await gate.wait()
        begun = await operator.put(MAINTENANCE, json={"active": True})
        assert (begun.status_code, begun.json()["running"]) == (202, 1)

    async def quiet() -> bool:
        return bool((await operator.get(MAINTENANCE)).json()["running"] == 0)

    await eventually(quiet, seconds=CYCLE_LIMIT_SECONDS)
    assert (await operator.put(MAINTENANCE, json={"active": True})).status_code == 200
    assert linked.phone.sees() == []
    linked.google.calls.clear()
    refused = await ask(linked)
    assert (refused.json()["code"], refused.json()["level"]) == ("sync-paused", "platform")
    link = await linked.state()
    assert (link["state"], link["next_run_at"]) == ("paused", None)
    assert "maintenance de la plateforme" in link["explanation"]
    assert await run(linked.house.services["calendar-sync"], UUID(linked.link)) is None
    assert linked.google.calls.entries == []
    ended = await operator.put(MAINTENANCE, json={"active": False})
    assert (ended.status_code, ended.json()["active"]) == (200, False)
    await linked.cycle()
    assert len(linked.phone.sees()) == 1


async def test_only_an_operator_may(linked: Practice) -> None:
    for method in ("GET", "PUT"):
        body = {"active": True} if method == "PUT" else None
        answer = await linked.house.client("calendar-sync", linked.id, scopes=["calendar:write"]).request(
            method, MAINTENANCE, json=body
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


async def test_maintenance_survives_a_restart(linked: Practice, operator: httpx.AsyncClient) -> None:
    """Another process of the service on the same database holds still as well."""
    await operator.put(MAINTENANCE, json={"active": True})
    service = linked.house.services["calendar-sync"]
    app = create(service.settings.model_copy(update={"nats_url": None, "jobs_enabled": False}))
    restarted = app.state.service
    async with app.router.lifespan_context(app):
        assert UUID(linked.link) not in await leases.due(restarted.db, 100)
        assert await run(restarted, UUID(linked.link)) is None
