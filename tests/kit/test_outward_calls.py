"""PLAT-6: calls are counted in batches, exactly, and nobody waits for it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from gateway.loopback import free_listener
from harness import House, eventually, house_of

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, WriteSession
from vetagenda_kit.outward_calls import Counts, OutwardCalls
from vetagenda_kit.peers import Peers
from vetagenda_kit.service import Service

CALL = Counts(calls=1, bytes_sent=10)


@pytest_asyncio.fixture(scope="module")
async def calling(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The agenda, and a service that calls outside."""
    async with house_of(tmp_path_factory.mktemp("calling"), "agenda", "sms", nats=False) as house:
        yield house


@pytest.fixture
def service(calling: House) -> Service:
    return calling.services["sms"]


def this_month() -> str:
    return f"{system_now():%Y-%m}"


async def counted(house: House, practice: UUID, month: str = "") -> dict[str, dict[str, int]]:
    return await house.outward("sms", practice, month or this_month())


@contextlib.asynccontextmanager
async def without_a_database(service: Service) -> AsyncIterator[Service]:
    nowhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing", "sms")
    yield replace(service, db=nowhere)
    await nowhere.close()


async def test_batches_are_written_while_the_service_runs(calling: House, service: Service) -> None:
    practice, outward = await calling.practice(), OutwardCalls(every=timedelta(milliseconds=10))
    running = asyncio.create_task(outward.run(service))
    try:
        for _ in range(3):
            outward.note(practice, "sms", CALL)

        async def written() -> bool:
            return await counted(calling, practice) == {"sms": {"calls": 3, "bytes_sent": 30}}

        await eventually(written)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_service_that_stops_writes_the_last_batch(tmp_path: Path) -> None:
    async with house_of(tmp_path, "agenda", "sms", nats=False) as house:
        practice = await house.practice()
        again = house.add("sms")
        async with again.router.lifespan_context(again):
            again.state.service.outward.note(practice, "sms", CALL)
        after = house.add("sms")
        async with after.router.lifespan_context(after):
            assert await counted(house, practice) == {"sms": {"calls": 1, "bytes_sent": 10}}


async def test_a_killed_process_loses_what_it_had_not_written_and_no_more(
    calling: House, service: Service
) -> None:
    practice, killed, next_one = await calling.practice(), OutwardCalls(), OutwardCalls()
    killed.note(practice, "sms", CALL)
    await killed.store(service)
    killed.note(practice, "sms", CALL)  # and is never heard of again
    next_one.note(practice, "sms", CALL)
    await next_one.store(service)
    assert await counted(calling, practice) == {"sms": {"calls": 2, "bytes_sent": 20}}


async def test_what_cannot_be_written_is_written_later_and_once(calling: House, service: Service) -> None:
    practice, outward = await calling.practice(), OutwardCalls()
    outward.note(practice, "sms", CALL)
    async with without_a_database(service) as lost:
        await outward.store(lost)
    outward.note(practice, "sms", CALL)
    await outward.store(service)
    await outward.store(service)
    assert await counted(calling, practice) == {"sms": {"calls": 2, "bytes_sent": 20}}


async def test_a_batch_whose_writer_is_stopped_at_its_commit_counts_once(
    calling: House, service: Service
) -> None:
    practice, outward = await calling.practice(), OutwardCalls(every=timedelta())
    outward.note(practice, "sms", CALL)
    running = asyncio.create_task(outward.run(service))

    def stop(_session: WriteSession) -> None:
        running.cancel()

    service.db.after_commit.append(stop)
    try:
        await asyncio.gather(running, return_exceptions=True)
    finally:
        service.db.after_commit.remove(stop)
    await outward.close(service)
    assert await counted(calling, practice) == {"sms": {"calls": 1, "bytes_sent": 10}}


async def test_calls_from_threads_are_all_counted(calling: House, service: Service) -> None:
    """Google's client has its own."""
    practice, outward = await calling.practice(), OutwardCalls()

    def calls() -> None:
        for _ in range(500):
            outward.note(practice, "sms", CALL)

    calling_all = asyncio.gather(*(asyncio.to_thread(calls) for _ in range(4)))
    while not calling_all.done():
        await outward.store(service)
        await asyncio.sleep(0)
    await outward.store(service)
    assert (await counted(calling, practice))["sms"]["calls"] == 2_000


async def test_a_test_practices_calls_are_of_its_own_month(calling: House, service: Service) -> None:
    practice = await calling.practice(test=True, now="2031-03-01T00:30:00+01:00")  # still February in UTC
    outward = OutwardCalls()
    outward.note(practice, "sms", CALL)
    await outward.store(service)
    assert (await counted(calling, practice, "2031-02"))["sms"]["calls"] == 1
    assert await counted(calling, practice, "2031-03") == {}


async def test_an_agenda_that_is_away_holds_up_nothing(calling: House, service: Service) -> None:
    """Also not one that takes the connection and never answers."""
    practice, outward = await calling.practice(), OutwardCalls()
    silent = free_listener()
    silent.listen()
    address = f"http://127.0.0.1:{silent.getsockname()[1]}"
    peers, asked = Peers(service.tokens, {"agenda": address}), service.peers
    service.peers = peers
    outward.note(practice, "sms", CALL)
    begun = time.monotonic()
    try:
        await outward.store(service)
    finally:
        service.peers = asked
        await peers.close()
        silent.close()
    assert time.monotonic() - begun < 5
    assert (await counted(calling, practice))["sms"]["calls"] == 1


async def test_another_practices_counts_are_not_seen(calling: House, service: Service) -> None:
    ours, theirs = await calling.practice(), await calling.practice()
    service.outward.note(theirs, "sms", CALL)
    assert await counted(calling, ours) == {}
    async with calling.client("sms", ours) as client:
        path = f"/internal/practices/{theirs}/outward-calls"
        answer = await client.get(path, params={"month": f"{this_month()}-01"})
        assert answer.status_code == 404
