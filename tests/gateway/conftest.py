"""A whole gateway on loopback, over a real database and NATS, in front of a service that mirrors."""

import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from gateway.loopback import served
from gateway.service_behind import Behind
from harness import House, fresh_database, runtime_url

from vetagenda_contracts.events import EVENT_TYPES, Actor
from vetagenda_contracts.gateway import NOTICES
from vetagenda_embedded.nats import Nats
from vetagenda_gateway.app import create, own_app
from vetagenda_gateway.contracts import asyncapi, merge
from vetagenda_gateway.feed.waiting import Waiting
from vetagenda_gateway.keys import commands
from vetagenda_gateway.keys.schemas import NewKey
from vetagenda_gateway.settings import Settings
from vetagenda_kit.caller import SCOPES
from vetagenda_kit.db import Database
from vetagenda_kit.ids import uuid7

TOLD = {"reminders": {"push_on_loopback": True}}
"""No name server is asked in a test."""


@dataclass
class Front:
    """A running gateway: `url` is where clients go, `database` what is behind its keys."""

    url: str
    database: Database
    settings: Settings
    behind: Behind
    house: House
    document: dict[str, Any]
    waiting: Waiting

    async def key(self, *practices: UUID, scopes: Iterable[str] = SCOPES - {"admin"}, **grants: Any) -> str:
        async with self.database.jobs_writing() as session:
            order = NewKey(practices=practices, scopes=sorted(scopes), **grants)
            kind = None if order.partner_id is None else "app"
            _, secret = await commands.create(session, order, Actor(kind="service", id="tests"), kind)
        return secret

    def client(self, key: str | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=10)


@contextlib.asynccontextmanager
async def front(
    folder: Path,
    *services: str,
    nats_url: str | None = None,
    told: Mapping[str, dict[str, Any]] = TOLD,
    **changes: Any,
) -> AsyncIterator[Front]:
    """A gateway with a database of its own, in front of the mirroring service and of real ones, which are
    `told` their settings."""
    behind, database_name = Behind(), await fresh_database()
    house = House(folder, database_name, nats_url)
    apps = {"behind": behind.app} | {name: house.add(name, **told.get(name, {})) for name in services}
    async with contextlib.AsyncExitStack() as stack:
        urls = {name: await stack.enter_async_context(served(app)) for name, app in apps.items()}
        settings = Settings(
            database_url=runtime_url("gateway", database_name),
            nats_url=nats_url,
            keys_file=house.keys_file,
            log_level="warning",
            urls=urls | changes.pop("urls", {}),
            **changes,
        )
        database = Database(settings.database_url, "gateway", pool_size=2)
        stack.push_async_callback(database.close)
        merged = await _merged(settings, {name: app.openapi() for name, app in apps.items()})
        door = create(
            settings, openapi=merged, asyncapi=asyncapi.document({**EVENT_TYPES, **NOTICES}, "test")
        )
        address = await stack.enter_async_context(served(door))
        yield Front(address, database, settings, behind, house, merged, door.own.state.waiting)


async def _merged(settings: Settings, documents: dict[str, Any]) -> dict[str, Any]:
    own = own_app(settings)
    await own.state.service.db.close()
    return merge.merge({"gateway": own.openapi(), **documents}, "test")


@contextlib.asynccontextmanager
async def second_door(first: Front) -> AsyncIterator[str]:
    """Another gateway of the same platform: same database, same streams."""
    door = create(first.settings, openapi=first.document, asyncapi={})
    async with served(door) as address:
        yield address


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
