"""SYNC-7: kill -9 of the service in the middle of a first export: everything once, nothing touched."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from calendar_sync.caldav import worker
from calendar_sync.caldav.practice import DavPractice
from calendar_sync.practice import at, furnished
from gateway.loopback import served
from harness import House, eventually, house_of
from peers.dav import DavPeer
from peers.google import GoogleStandIn
from sms.reachable import begun_already

from vetagenda_embedded import forkserver

PATIENCE_SECONDS = 240.0
LENGTH = timedelta(minutes=20)
SIZES = [pytest.param(30, 2, id="a-few"), pytest.param(1_000, 20, id="a-thousand", marks=pytest.mark.long)]


@pytest.mark.parametrize(("events", "kills"), SIZES)
async def test_a_first_export_that_is_killed_again_and_again(
    google_of_the_run: GoogleStandIn,
    dav: DavPeer,
    tmp_path_factory: pytest.TempPathFactory,
    events: int,
    kills: int,
) -> None:
    """Each kill falls between two events of the export, wherever the service then is."""
    async with clinic(tmp_path_factory.mktemp("kills"), google_of_the_run, dav) as (practice, settings):
        for number in range(events):
            await practice.book(at("2026-11-25 00:00") + LENGTH * number, title=f"N{number}")
        before = await everything(practice)
        await practice.connect()
        forkserver.warm_up()
        for kill in range(1, kills + 1):
            doomed = await start(settings)
            await exported(dav, at_least=kill * events // (kills + 2))
            await asyncio.sleep(random.uniform(0.0, 0.05))
            await end(doomed)
        last = await start(settings)
        try:
            await done(practice)
        finally:
            await end(last)
        shown = practice.phone.sees()
        assert sorted(event["summary"] for event in shown) == sorted(f"N{n}" for n in range(events))
        assert await everything(practice) == before


@contextlib.asynccontextmanager
async def clinic(
    folder: Path, google: GoogleStandIn, dav: DavPeer
) -> AsyncIterator[tuple[DavPractice, dict[str, Any]]]:
    """The house serves people; cycles run only in the process that is killed."""
    given = {"caldav_networks": ["127.0.0.0/8"]}
    async with (
        house_of(folder, "agenda", "calendar-sync", nats=False, calendar_sync=given) as house,
        served(begun_already(house.apps["agenda"])) as agenda_url,
    ):
        made = await furnished(house, google, now="2026-11-24T08:00:00+01:00")
        practice = DavPractice(**(vars(made) | {"google": dav}))
        yield practice, settings_of(house, agenda_url)
        await practice.close()


def settings_of(house: House, agenda_url: str) -> dict[str, Any]:
    kept = house.services["calendar-sync"].settings
    return {
        "database_url": kept.database_url,
        "keys_file": str(kept.keys_file),
        "urls": {"agenda": agenda_url},
        "caldav_networks": ["127.0.0.0/8"],
        "caldav_first_retry_after": timedelta(milliseconds=50),
        "log_level": "error",
        "pool_size": 4,
    }


async def start(settings: dict[str, Any]) -> Any:
    told, begun = forkserver.pipe()
    process = forkserver.fork("calendar-sync-worker", worker.work, (settings, begun))
    assert await asyncio.to_thread(told.poll, 60)
    return process


async def end(process: Any) -> None:
    """Without leaving the loop: the agenda is served in it."""
    process.kill()
    await asyncio.to_thread(process.join)


async def exported(dav: DavPeer, at_least: int) -> None:
    async def so_many() -> bool:
        return dav.calls.count("events.insert") >= at_least

    await eventually(so_many, seconds=PATIENCE_SECONDS)


async def done(practice: DavPractice) -> None:
    """Asked seldom: the agenda answers in the same loop."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await practice.state())["last_success_at"] is None:
            await asyncio.sleep(0.25)


async def everything(practice: DavPractice) -> list[dict[str, Any]]:
    """Every appointment with its version and times, page by page."""
    found, cursor = list[dict[str, Any]](), ""
    while cursor is not None:
        query = {"limit": 500} | ({"cursor": cursor} if cursor else {})
        page = (await practice.agenda.get(f"{practice.path}/appointments", params=query)).json()
        found, cursor = found + page["items"], page["next"]
    return found
