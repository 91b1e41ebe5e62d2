"""The feed goes on where it was after its database connections and NATS are gone (PART-8)."""

import asyncio
from pathlib import Path
from uuid import UUID

from gateway.conftest import Front, front
from gateway.test_feed import Clinic, published
from gateway.walking import practice_of
from harness import admin_url, eventually
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from vetagenda_embedded.nats import Nats
from vetagenda_kit.db import runtime_role_of


async def cut_connections(of: Front) -> None:
    """As a restart of PostgreSQL does to the gateway."""
    engine = create_async_engine(admin_url(of.house.database))
    async with engine.begin() as connection:
        statement = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :role AND datname = :name"
        )
        await connection.execute(
            text(statement), {"role": runtime_role_of("gateway"), "name": of.house.database}
        )
    await engine.dispose()


async def reaches(clinic: Clinic, count: int) -> None:
    """The feed has so many events; until then an answer may be 503, for the connection that was cut."""

    async def reached() -> bool:
        async with clinic.client() as client:
            answer = await client.get(f"{clinic.path}/events", params={"limit": 1000})
        return answer.status_code == 200 and answer.json()["last"] >= count

    assert await eventually(reached, seconds=40)


async def test_a_broken_database_connection_and_a_killed_nats_cost_no_event(tmp_path: Path) -> None:
    server = Nats(tmp_path / "nats", durable=False)
    server.start()
    try:
        async with front(tmp_path, "agenda", nats_url=server.url) as running:
            practice: UUID = await practice_of(running, "Clinique")
            clinic = Clinic(running, practice, await running.key(practice))
            making = asyncio.create_task(clinic.make_calendars(60))
            await reaches(clinic, 10)
            await cut_connections(running)
            await reaches(clinic, 20)
            assert server.process is not None
            server.process.kill()
            await asyncio.to_thread(server.process.wait)
            await making  # bookings go on while NATS is away
            await asyncio.to_thread(server.stop)
            server.start()
            await cut_connections(running)
            await reaches(clinic, 61)
            items = (await clinic.feed())["items"]
            assert [item["sequence"] for item in items] == list(range(1, 62))
            assert [item["id"] for item in items] == await published(clinic)
    finally:
        server.stop()
