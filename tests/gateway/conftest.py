"""A whole gateway on loopback, over a real database and NATS, in front of a service that mirrors."""

import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from gateway.loopback import served
from gateway.service_behind import Behind
from harness import fresh_database, runtime_url

from vetagenda_contracts.events import EVENT_TYPES, Actor
from vetagenda_embedded.nats import Nats
from vetagenda_gateway.app import create, own_app
from vetagenda_gateway.contracts import asyncapi, merge
from vetagenda_gateway.door import Door
from vetagenda_gateway.keys import commands
from vetagenda_gateway.keys.schemas import NewKey
from vetagenda_gateway.settings import Settings
from vetagenda_kit.caller import SCOPES
from vetagenda_kit.db import Database
from vetagenda_kit.ids import uuid7


@dataclass
class Front:
    """A running gateway: `url` is where clients go, `database` what is behind its keys."""

    url: str
    database: Database
    settings: Settings
    behind: Behind
    door: Door

    async def key(self, *practices: UUID, scopes: Iterable[str] = SCOPES - {"admin"}, **grants: Any) -> str:
        async with self.database.jobs_writing() as session:
            order = NewKey(practices=practices, scopes=sorted(scopes), **grants)
            _, secret = await commands.create(session, order, Actor(kind="service", id="tests"))
        return secret

    def client(self, key: str | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=10)


@contextlib.asynccontextmanager
async def front(folder: Path, nats_url: str | None = None, **changes: Any) -> AsyncIterator[Front]:
    """A gateway with a database of its own and the mirroring service behind it."""
    behind = Behind()
    name = await fresh_database("gateway")
    settings = Settings(
        database_url=runtime_url("gateway", name),
        nats_url=nats_url,
        keys_file=folder / "keys.json",
        log_level="warning",
        **changes,
    )
    database = Database(settings.database_url, "gateway", pool_size=2)
    async with served(behind.app) as url:
        settings = settings.model_copy(update={"urls": {"behind": url} | settings.urls})
        own = own_app(settings)
        document = merge.merge({"gateway": own.openapi(), "behind": behind.app.openapi()}, "test")
        await own.state.service.db.close()
        door = create(settings, openapi=document, asyncapi=asyncapi.document(EVENT_TYPES, "test"))
        async with served(door) as address:
            yield Front(address, database, settings, behind, door)
    await database.close()


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Any:
    server = Nats(tmp_path_factory.mktemp("nats"), durable=False)
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    """One for all tests that only look."""
    async with front(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture
def practice() -> UUID:
    return uuid7()
