"""SYNC-7, B2: kill -9 of the service in the middle of a first export: everything is there once."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from calendar_sync import worker
from calendar_sync.practice import Practice, at, furnished
from gateway.loopback import free_listener, served
from harness import eventually, house_of
from peers.google import GoogleStandIn
from sms.reachable import begun_already

from vetagenda_embedded import forkserver

SIZES = [
    pytest.param(40, 2, id="a-few", marks=pytest.mark.long),
    pytest.param(1_000, 20, id="a-storm", marks=pytest.mark.long),
]


@pytest.fixture
async def exporting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    """A practice whose service does not run here: its cycles run in the processes that are killed."""
    with free_listener() as listener:
        port = listener.getsockname()[1]
    with GoogleStandIn() as google:
        settings = google.unpaced | {
            "lease": timedelta(seconds=1),
            "urls": {"agenda": f"http://127.0.0.1:{port}"},
        }
        folder = tmp_path_factory.mktemp("kills")
        async with (
            house_of(folder, "agenda", "calendar-sync", nats=False, calendar_sync=settings) as house,
            served(begun_already(house.apps["agenda"]), port),
        ):
            practice = await furnished(house, google, now="2026-11-24T08:00:00+01:00")
            yield practice
            await practice.close()


@pytest.mark.parametrize(("appointments", "kills"), SIZES)
async def test_a_first_export_survives_kills(exporting: Practice, appointments: int, kills: int) -> None:
    practice = exporting
    for number in range(appointments):
        await practice.book(at("2026-11-25 08:00") + timedelta(minutes=20 * number), title=f"N{number}")
    before = await untouched(practice)
    await practice.connect()
    asked = (await practice.sync.post(f"{practice.path}/calendar-links/{practice.link}/sync")).json()
    forkserver.warm_up()
    dice, exported = random.Random(7), list[int]()
    for _ in range(kills):
        doomed = await start(practice)
        seen = len(practice.phone.sees())
        await reached(practice, min(appointments - 1, seen + dice.randint(1, appointments // kills)))
        await end(doomed)
        exported.append(len(practice.phone.sees()))
    assert exported[0] < appointments, "it was over before the first kill"
    last = await start(practice)
    try:

        async def over() -> bool:
            return bool((await practice.state())["last_cycle"] >= asked["cycle"])

        await eventually(over, seconds=120)
    finally:
        await end(last)
    assert sorted(each["summary"] for each in practice.phone.sees()) == sorted(
        f"N{number}" for number in range(appointments)
    )
    assert len(practice.google.calendar("primary").events) == appointments
    assert await untouched(practice) == before


async def untouched(practice: Practice) -> list[tuple[str, int]]:
    query: dict[str, Any] = {"limit": 500}
    found: list[tuple[str, int]] = []
    while True:
        page = (await practice.agenda.get(f"{practice.path}/appointments", params=query)).json()
        found += [(each["id"], each["version"]) for each in page["items"]]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


async def reached(practice: Practice, count: int) -> None:
    async def there() -> bool:
        return len(practice.google.calendar("primary").events) >= count

    await eventually(there, seconds=60)


async def start(practice: Practice) -> Any:
    kept = practice.house.services["calendar-sync"].settings
    settings = kept.model_dump() | {"jobs_enabled": True, "log_level": "error", "pool_size": 4}
    told, begun = forkserver.pipe()
    process = forkserver.fork("calendar-sync-worker", worker.work, (settings, begun))
    assert await asyncio.to_thread(told.poll, 60)
    return process


async def end(process: Any) -> None:
    process.kill()
    await asyncio.to_thread(process.join)
