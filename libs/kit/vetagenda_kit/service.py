"""Builds every service's app the same way: `create_app(...)` with what is its own.

Nothing lives on a module: the database, the bus, the clients and the clock belong to the app.
"""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any
from uuid import UUID

import httpx
from cryptography.fernet import MultiFernet
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from vetagenda_contracts.events import Actor
from vetagenda_kit import bulk, idempotency, logs, openapi, operations, outbox
from vetagenda_kit.backlogs import Backlog
from vetagenda_kit.bus import Bus
from vetagenda_kit.caller import Tokens
from vetagenda_kit.clock import Clock, system_now
from vetagenda_kit.clock import VirtualTime as AskVirtualTime
from vetagenda_kit.consumers import Consumers, Subscription, prune_letters
from vetagenda_kit.db import Database, WriteSession
from vetagenda_kit.jobs import Job, VirtualTime
from vetagenda_kit.keys import KeyRing
from vetagenda_kit.outward_calls import OutwardCalls
from vetagenda_kit.outward_calls_api import api as outward_calls
from vetagenda_kit.peers import Peers
from vetagenda_kit.plumbing import inbox
from vetagenda_kit.relay import Relay
from vetagenda_kit.service_app import ServiceApp
from vetagenda_kit.settings import ServiceSettings
from vetagenda_kit.tracing import Tracing
from vetagenda_kit.web import Metrics, RequestContext, described, install_problem_handlers

log = logs.logger("service")
VERSION = "0.1.0"
_GC = (20_000, 20, 20)
"""Thousands of rows and answers live for one batch: looking for cycles after every 700 new objects, as Python
does by itself, cost a fifth of the processor time."""


@dataclass
class Service:
    """What handlers, jobs and routes of one running service share (`request.app.state.service`)."""

    name: str
    settings: Any
    db: Database
    ring: KeyRing
    tokens: Tokens
    peers: Peers
    clock: Clock
    metrics: Metrics
    tracing: Tracing
    consumers: Sequence[Consumers] = ()
    virtual_time: VirtualTime = field(default_factory=VirtualTime)
    backlogs: Sequence[Backlog] = ()
    outward: OutwardCalls = field(default_factory=OutwardCalls)
    bus: Bus | None = None
    relay: Relay | None = None
    subscriptions: list[Subscription] = field(default_factory=list)
    shared: dict[type, Any] = field(default_factory=dict)  # what parts of one app hold together, by its type

    @cached_property
    def cipher(self) -> MultiFernet:
        """For what is stored encrypted: idempotent answers, tokens of other systems."""
        return self.ring.cipher()

    @property
    def actor(self) -> Actor:
        """The service itself, for what no person asked for."""
        return Actor(kind="service", id=self.name)

    def job(self, name: str) -> Actor:
        return Actor(kind="job", id=f"{self.name}.{name}")


Hook = Callable[[Service], Awaitable[None]]


def create_app(
    name: str,
    settings: ServiceSettings,
    *,
    title: str,
    routers: Sequence[APIRouter],
    consumers: Sequence[Consumers] = (),
    jobs: Sequence[Job] = (),
    virtual_time: VirtualTime | None = None,
    ask_virtual_time: Callable[[Service], AskVirtualTime] | None = None,
    transports: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    on_start: Sequence[Hook] = (),
    backlogs: Sequence[Backlog] = (),
    calls_outside: bool = False,
) -> FastAPI:
    """One FastAPI app with its database, outbox relay, consumers and jobs in its lifespan.

    `ask_virtual_time` is given by the service that owns the clocks; the others ask it over HTTP. One that
    `calls_outside` has the table of `outward_calls` and counts.
    """
    service = _service(name, settings, consumers, virtual_time, ask_virtual_time, transports)
    service.backlogs = backlogs

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        logs.configure(name, settings.log_level)
        gc.set_threshold(*_GC)
        for hook in on_start:
            await hook(service)
        counting = [("outward-calls", partial(service.outward.run, service))] if calls_outside else []
        async with _running(service, [*_tasks(service, [*jobs, _pruning()]), *counting]):
            yield

    app = ServiceApp(
        title=title,
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=_operation_id,
        max_body_size=settings.max_body_bytes,
        redirect_slashes=False,
        telemetry=service.tracing.of_fastapi,
    )
    app.state.service = service
    # A route is found by trying them in order: first what the services ask each other, many times a booking.
    every = [*routers, operations.router, operations.internal]
    if calls_outside:
        every.append(outward_calls)
    for router in sorted(every, key=lambda each: each.include_in_schema):
        app.include_router(router)
    install_problem_handlers(app)
    app.add_middleware(RequestContext, metrics=service.metrics)
    openapi.install(app)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def _service(
    name: str,
    settings: ServiceSettings,
    consumers: Sequence[Consumers],
    virtual_time: VirtualTime | None,
    ask_virtual_time: Callable[[Service], AskVirtualTime] | None,
    transports: Mapping[str, httpx.AsyncBaseTransport] | None,
) -> Service:
    ring = KeyRing.load_or_create(settings.keys_file)
    tokens = Tokens(name, ring)
    database = Database(settings.database_url, name, pool_size=settings.pool_size)
    service = Service(
        name=name,
        settings=settings,
        db=database,
        ring=ring,
        tokens=tokens,
        peers=Peers(tokens, settings.urls, transports),
        clock=Clock(_never),
        metrics=Metrics(name),
        tracing=Tracing(name, settings.otlp_endpoint),
        consumers=consumers,
        virtual_time=virtual_time or VirtualTime(),
    )
    service.clock = Clock((ask_virtual_time or _ask_the_agenda)(service))
    database.before_commit += [bulk.write_pending, outbox.write_pending]
    database.after_commit.append(service.outward.note_committed)
    if settings.nats_url:
        _connect(service, settings)
    return service


async def _never(_practice_id: UUID) -> datetime | None:
    return None


def _ask_the_agenda(service: Service) -> AskVirtualTime:
    async def ask(practice_id: UUID) -> datetime | None:
        path = f"/internal/practices/{practice_id}"
        practice = await service.peers.call(
            "agenda", "GET", path, actor=service.actor, practices=[practice_id]
        )
        return datetime.fromisoformat(practice["now"]) if practice["now"] else None

    return ask


def _connect(service: Service, settings: ServiceSettings) -> None:
    assert settings.nats_url
    bus = Bus(settings.nats_url, service.name, settings.stream_replicas)
    relay = Relay(bus, service.db, service.name)

    def wake(session: WriteSession) -> None:
        if outbox.has_events(session):
            relay.wake()

    service.db.after_commit.append(wake)
    service.bus, service.relay = bus, relay
    service.subscriptions = [
        Subscription(bus, service.db, consumers, source, service)
        for consumers in service.consumers
        for source in consumers.sources()
    ]


def _tasks(service: Service, jobs: Sequence[Job]) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
    tasks: list[tuple[str, Callable[[], Awaitable[None]]]] = []
    if service.bus and service.relay:
        tasks += [("bus", service.bus.connect), ("relay", service.relay.run)]
        tasks += [(f"consumer:{each.stream}", each.run) for each in service.subscriptions]
    if service.settings.jobs_enabled:
        tasks += [(f"job:{job.name}", lambda job=job: job.loop(service)) for job in jobs]  # type: ignore[misc]
    return tasks


@contextlib.asynccontextmanager
async def _running(
    service: Service, tasks: list[tuple[str, Callable[[], Awaitable[None]]]]
) -> AsyncIterator[None]:
    running = [asyncio.create_task(_kept_alive(name, start), name=name) for name, start in tasks]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await service.outward.close(service)
        if service.bus:
            await service.bus.close()
        await service.peers.close()
        await service.db.close()
        await service.tracing.close()


async def _kept_alive(name: str, start: Callable[[], Awaitable[None]]) -> None:
    """A background task that fails in an unforeseen way is told of and started again."""
    while True:
        try:
            await start()
            return
        except Exception as error:
            log.error("task_failed", task=name, **described(error))
            await asyncio.sleep(1)


def _pruning() -> Job:
    """Drops published events, inbox notes that outlived the streams, old answers and dead letters."""

    async def prune(service: Service) -> None:
        now = system_now()
        before = now - timedelta(days=service.settings.event_retention_days)
        given_up = now - timedelta(days=service.settings.dead_letters_kept_days)
        async with service.db.jobs_writing() as session:
            await outbox.prune(session, before)
            await session.execute(inbox.delete().where(inbox.c.received_at < before))
            await idempotency.prune(session)
            await prune_letters(session, before, given_up)

    return Job("prune", timedelta(hours=1), prune)
