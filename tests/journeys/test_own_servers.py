"""The operator's own PostgreSQL and NATS instead of the embedded ones."""

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from journeys.clinic import Clinic, open_clinic

from vetagenda_embedded.nats import Nats
from vetagenda_embedded.platform import Platform
from vetagenda_embedded.postgres import Postgres
from vetagenda_embedded.settings import PlatformSettings


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "own-postgres", durable=False)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[Nats]:
    server = Nats(tmp_path / "own-nats", durable=False)
    server.start()
    yield server
    server.remove()


@pytest.fixture
async def ordinary_role(own_postgres: Postgres) -> str:
    """What a hoster gives: the owner of one database who may make roles, and no superuser."""
    connection = await asyncpg.connect(
        host=own_postgres.host, user=own_postgres.user, password=own_postgres.password, database="postgres"
    )
    await connection.execute("CREATE ROLE practice LOGIN CREATEROLE PASSWORD 'secret'")
    await connection.execute("CREATE DATABASE practice OWNER practice")
    await connection.close()
    return own_postgres.url("practice", user="practice", password="secret")


async def test_the_platform_brings_no_server_of_its_own_then(
    tmp_path: Path, ordinary_role: str, own_nats: Nats
) -> None:
    settings = PlatformSettings(tmp_path / "home", port=0, database_url=ordinary_role, nats_url=own_nats.url)
    async with Platform(settings) as platform, open_clinic(platform) as clinic:
        assert not {"postgres", "nats"} & set(platform.pids)
        start, *_ = await clinic.free_starts(days=3)
        booked = await clinic.book_until_answered(start, 1)
    async with Platform(settings) as platform, httpx.AsyncClient(base_url=platform.base_url) as http:
        again = Clinic(http, clinic.key, clinic.practice_id)
        kept = await again.call("GET", f"appointments/{booked['appointment_id']}")
        assert kept["status"] == "confirmed"
