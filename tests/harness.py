"""Real databases, a real NATS and the real apps of a chosen set of services, in one process for a test.

A `House` is a small platform: its services call each other over ASGI with real tokens, their events
travel through a NATS server of the house's own, their rows lie in a clone of a migrated template.
"""

import asyncio
import contextlib
import importlib
import os
import uuid
from collections.abc import AsyncIterator, Callable, Generator, Iterable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from vetagenda_contracts.events import Actor
from vetagenda_embedded.nats import Nats
from vetagenda_kit.caller import GATEWAY, SCOPES, Tokens
from vetagenda_kit.db import runtime_role_of, schema_of
from vetagenda_kit.keys import KeyRing
from vetagenda_kit.migrations import upgrade
from vetagenda_kit.provision import provision
from vetagenda_kit.service import Service

POSTGRES = "VETAGENDA_TEST_POSTGRES"
ROLE_PASSWORD = "for-tests-only"
SERVICES = ("agenda", "booking", "reminders", "sms", "calendar-sync", "gateway")


def admin_url(database: str = "postgres") -> str:
    """The run's one PostgreSQL, which the test controller started."""
    return os.environ[POSTGRES].replace("/postgres?", f"/{database}?")


def runtime_url(service: str, database: str) -> str:
    head, _, tail = admin_url(database).partition("@")
    scheme = head.partition("://")[0]
    return f"{scheme}://{runtime_role_of(service)}:{ROLE_PASSWORD}@{tail}"


async def _template() -> str:
    """A database migrated for all services, made once per run by whoever needs it first."""
    name = "migrated"
    engine = create_async_engine(admin_url(), isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": name})
            query = text("SELECT 1 FROM pg_database WHERE datname = :name AND datistemplate")
            if not await connection.scalar(query, {"name": name}):
                await connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
                await connection.execute(text(f"CREATE DATABASE {name}"))
                for service in SERVICES:
                    await provision(admin_url(name), service, password=ROLE_PASSWORD)
                    await upgrade(admin_url(name), service)
                await connection.execute(text(f"ALTER DATABASE {name} IS_TEMPLATE true"))
    finally:
        await engine.dispose()
    return name


async def fresh_database() -> str:
    """The name of a new database with every service's empty tables (a clone: tens of milliseconds)."""
    template = await _template()
    name = f"test_{uuid.uuid4().hex}"
    engine = create_async_engine(admin_url(), isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    finally:
        await engine.dispose()
    return name


class _Identity(httpx.Auth):
    """A token for each request, as the gateway mints them: a long test outlives any one. A test that sets the
    header itself keeps its own."""

    def __init__(self, mint: Callable[[], str]) -> None:
        self._mint = mint

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers.setdefault("Authorization", f"Bearer {self._mint()}")
        yield request


class House:
    """Services in one process. `apps[name]` is the FastAPI app, `services[name]` its Service."""

    def __init__(self, folder: Path, database: str, nats_url: str | None) -> None:
        self.database = database
        self.nats_url = nats_url
        self.keys_file = folder / "keys.json"
        self.ring = KeyRing.load_or_create(self.keys_file)
        self.apps: dict[str, FastAPI] = {}
        self.transports: dict[str, httpx.AsyncBaseTransport] = {}
        self._gateway = Tokens(GATEWAY, self.ring)

    @property
    def services(self) -> dict[str, Service]:
        return {name: app.state.service for name, app in self.apps.items()}

    def add(self, name: str, **settings: Any) -> FastAPI:
        """Create a service's app: `vetagenda_<name>.app.create(settings, transports=...)`."""
        module = importlib.import_module(f"vetagenda_{schema_of(name)}.app")
        kind = importlib.import_module(f"vetagenda_{schema_of(name)}.settings").Settings
        given = {
            "database_url": runtime_url(name, self.database),
            "nats_url": self.nats_url,
            "keys_file": self.keys_file,
            "documents_folder": self.keys_file.parent / "documents",
            "pool_size": 10,
            "jobs_enabled": False,
            "log_level": "warning",
        }
        app: FastAPI = module.create(kind(**(given | settings)), transports=self.transports)
        self.apps[name] = app
        self.transports[name] = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return app

    def client(
        self,
        service: str,
        *practices: UUID,
        scopes: Iterable[str] = SCOPES,
        actor: str = "key-of-the-test",
        kind: Any = "api_key",
        test: bool = False,
        partner: UUID | None = None,
        call_centre: UUID | None = None,
    ) -> httpx.AsyncClient:
        """As the gateway would forward a key's request: with an identity token for these practices. `partner`
        is the organisation whose app's key it is, `call_centre` the one whose agents use it."""
        return self._client(
            service,
            partial(
                self._gateway.mint,
                service,
                actor=Actor(kind=kind, id=actor, partner_id=partner, call_centre_id=call_centre),
                practices=practices,
                scopes=list(scopes),
                test=test,
            ),
        )

    def admin(self, service: str = "agenda") -> httpx.AsyncClient:
        actor = Actor(kind="api_key", id="operator")
        return self._client(
            service, partial(self._gateway.mint, service, actor=actor, practices=None, scopes=["admin"])
        )

    def internal(self, service: str, *practices: UUID, caller: str = "booking") -> httpx.AsyncClient:
        """As another service calls."""
        tokens = Tokens(caller, self.ring)
        actor = Actor(kind="service", id=caller)
        return self._client(service, partial(tokens.mint, service, actor=actor, practices=practices))

    def _client(self, service: str, mint: Callable[[], str]) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url="http://platform", transport=self.transports[service], auth=_Identity(mint)
        )

    async def practice(self, **fields: Any) -> UUID:
        """A fresh practice; `test=True` gives it a virtual clock, `now=...` sets it."""
        now = fields.pop("now", None)
        body = {"name": "Clinique du Test", "time_zone": "Europe/Paris", "country": "FR", "locale": "fr"}
        async with self.admin() as admin:
            answer = await admin.post("/v1/practices", json=body | {"phone": "+33144556677"} | fields)
            assert answer.status_code == 201, answer.text
            practice_id = UUID(answer.json()["id"])
        if now is not None:
            async with self.client("agenda", practice_id, test=True) as client:
                answer = await client.post(f"/v1/practices/{practice_id}/test/clock", json={"now": now})
                assert answer.status_code == 200, answer.text
        return practice_id

    async def outward(self, service: str, practice_id: UUID, month: str) -> dict[str, dict[str, int]]:
        """What the service counted of calls outside in a month, `2026-11`, by kind; only what is not 0."""
        async with self.internal(service, practice_id, caller="gateway-service") as client:
            path = f"/internal/practices/{practice_id}/outward-calls"
            answer = await client.get(path, params={"month": f"{month}-01"})
            assert answer.status_code == 200, answer.text
        return {
            each.pop("kind"): {name: number for name, number in each.items() if number}
            for each in answer.json()
        }

    async def events(self, service: str, practice_id: UUID) -> list[dict[str, Any]]:
        """What the service has committed to publish for this practice, in order (CloudEvents)."""
        async with self.services[service].db.jobs_reading() as session:
            query = text("SELECT payload FROM outbox WHERE practice_id = :practice ORDER BY id")
            return list((await session.scalars(query, {"practice": practice_id})).all())


@contextlib.asynccontextmanager
async def house_of(
    folder: Path, *services: str, nats: bool = True, **settings: dict[str, Any]
) -> AsyncIterator[House]:
    """A running house. Keyword arguments give a service its own settings (calendar_sync={...})."""
    database = await fresh_database()
    server = Nats(folder / "nats", durable=False) if nats else None
    async with contextlib.AsyncExitStack() as stack:
        if server:
            server.start()
            stack.callback(server.stop)
        house = House(folder, database, server.url if server else None)
        for name in services:
            app = house.add(name, **settings.get(schema_of(name), {}))
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield house


async def end_backend(pid: int) -> None:
    """As if whoever holds this database connection had died: what it has not committed is gone."""
    engine = create_async_engine(admin_url(), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    await engine.dispose()


async def eventually(check: Any, *, seconds: float = 10.0) -> Any:
    """Poll an async check until it answers something true, and answer that; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not (found := await check()):
            await asyncio.sleep(0.02)
    return found
