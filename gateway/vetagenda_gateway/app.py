"""Puts the gateway together."""

import functools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from vetagenda_gateway.accesses.api import accesses
from vetagenda_gateway.accesses.log import AccessLog, forget_old
from vetagenda_gateway.contracts import api as contracts_api
from vetagenda_gateway.contracts import documents
from vetagenda_gateway.contracts.lifecycle import GONE, Ending
from vetagenda_gateway.door import OWN, Door
from vetagenda_gateway.feed import commands as feed_commands
from vetagenda_gateway.feed import follower
from vetagenda_gateway.feed.api import events
from vetagenda_gateway.feed.waiting import Waiting
from vetagenda_gateway.forwarding.proxy import Services
from vetagenda_gateway.forwarding.routes import RouteTable
from vetagenda_gateway.keys import commands as key_commands
from vetagenda_gateway.keys.api import keys
from vetagenda_gateway.keys.directory import STORE_LAST_USED_EVERY, Directory
from vetagenda_gateway.listening import Listener
from vetagenda_gateway.sessions import commands as session_commands
from vetagenda_gateway.sessions import links
from vetagenda_gateway.sessions.api import sessions
from vetagenda_gateway.sessions.directory import SessionDirectory
from vetagenda_gateway.sessions.passwords import Passwords
from vetagenda_gateway.sessions.throttle import Throttle
from vetagenda_gateway.settings import Settings
from vetagenda_gateway.sobriety.api import sobriety
from vetagenda_gateway.staff import accounts
from vetagenda_gateway.staff.api import staff
from vetagenda_gateway.webhooks import commands as webhook_commands
from vetagenda_gateway.webhooks.api import webhooks
from vetagenda_gateway.webhooks.backlogs import BACKLOGS
from vetagenda_gateway.webhooks.courier import Courier
from vetagenda_gateway.webhooks.described import posted
from vetagenda_gateway.webhooks.telling import tell_of_disabled
from vetagenda_kit.caller import Tokens
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.jobs import Job
from vetagenda_kit.peers import Peers
from vetagenda_kit.service import Service, create_app

# Services refuse an identity of the door's on their internal routes; what the gateway itself asks has its
# own name.
_AS_A_SERVICE = "gateway-service"
_GO_ON_AFTER = timedelta(seconds=0.5)
KEYS_CHANNEL = "gateway_keys"
STAFF_CHANNEL = "gateway_staff"

Transports = Mapping[str, httpx.AsyncBaseTransport]


def create(
    settings: Settings,
    transports: Transports | None = None,
    *,
    openapi: dict[str, Any] | None = None,
    asyncapi: dict[str, Any] | None = None,
    gone: tuple[Ending, ...] = GONE,
) -> Door:
    """The whole door, an ASGI app. The documents are the committed ones unless given, and so are the
    operations that are `gone`.

    The route table is read from the OpenAPI document: what is not documented is not reachable.
    """
    openapi = documents.load("gateway") if openapi is None else openapi
    app = own_app(settings, transports)
    app.state.openapi, app.state.gone = openapi, gone
    app.state.asyncapi = documents.load("asyncapi") if asyncapi is None else asyncapi
    return Door(
        app,
        settings=settings,
        table=RouteTable(openapi),
        services=Services(settings.urls, settings.answer_timeout_seconds),
        directory=app.state.directory,
        sessions=app.state.sessions,
        tokens=app.state.service.tokens,
        metrics=app.state.service.metrics,
        tracing=app.state.service.tracing,
        open_paths=contracts_api.OPEN_PATHS,
        operator_paths=contracts_api.OPERATOR_PATHS,
        gone=gone,
        access_log=app.state.access_log,
    )


def own_app(settings: Settings, transports: Transports | None = None) -> FastAPI:
    """What the gateway serves itself: keys, people, the feed, webhooks, the documents."""
    app = create_app(
        OWN,
        settings,
        title="vetagenda gateway",
        routers=[keys, staff, sessions, events, webhooks, accesses, sobriety, contracts_api.pages],
        jobs=[
            Job("listen", _GO_ON_AFTER, lambda _service: listener.run()),
            Job("feed", _GO_ON_AFTER, _write_feed),
            Job("webhooks", _GO_ON_AFTER, lambda service: courier.run(service)),
            Job("disabled-webhooks", timedelta(seconds=5), tell_of_disabled),
            Job("forget-events", timedelta(hours=1), _forget_events),
            Job("access-log", _GO_ON_AFTER, lambda service: access_log.run(service.db)),
            Job("forget-accesses", timedelta(hours=1), forget_old),
            Job("expired-keys", timedelta(seconds=10), _tell_of_expired),
            Job("sign-in-links", links.EVERY, links.send_asked),
            Job("forget-sessions", timedelta(hours=1), _forget_sessions),
            Job("last-used", STORE_LAST_USED_EVERY, lambda _service: directory.store_last_used()),
        ],
        transports=transports,
        backlogs=BACKLOGS,
        calls_outside=True,
    )
    app.webhooks.include_router(posted)
    service: Service = app.state.service
    service.peers = Peers(Tokens(_AS_A_SERVICE, service.ring), settings.urls, transports)
    directory, waiting, courier = Directory(service.db, service.tokens), Waiting(), Courier()
    access_log = app.state.access_log = AccessLog()
    app.state.directory, app.state.waiting = directory, waiting
    known = app.state.sessions = SessionDirectory(service.db)
    app.state.passwords = Passwords()
    app.state.throttle = Throttle(settings.sign_ins_of_account, settings.sign_ins_of_client)
    listener = Listener(service.db, functools.partial(_hearing, directory, known, waiting))
    listener.on(KEYS_CHANNEL, functools.partial(_changed, directory, waiting))
    listener.on(STAFF_CHANNEL, functools.partial(_changed, known, waiting))
    listener.on(feed_commands.CHANNEL, waiting.tell)
    listener.on(feed_commands.CHANNEL, courier.tell)
    service.db.after_commit.append(functools.partial(_forget_changed, directory, known))
    return app


def _hearing(directory: Directory, known: SessionDirectory, waiting: Waiting, connected: bool) -> None:
    """What was kept while nobody told of changes may be wrong."""
    directory.told_of_changes = known.told_of_changes = connected
    directory.forget_all()
    known.forget_all()
    waiting.tell_all()


def _changed(known: Directory | SessionDirectory, waiting: Waiting, owner: str) -> None:
    known.forget_named(owner)
    waiting.tell_all()


def _forget_changed(directory: Directory, known: SessionDirectory, session: WriteSession) -> None:
    """In this process a revoked key is forgotten before its revocation is even answered, and so is who was
    signed out or removed."""
    for key_id in key_commands.changed_keys(session):
        directory.forget(key_id)
    for account_id in accounts.changed(session):
        known.forget(account_id)


async def _write_feed(service: Service) -> None:
    if service.bus is not None:
        await follower.lead(service.bus, service.db)


async def _tell_of_expired(service: Service) -> None:
    async with service.db.jobs_writing() as session:
        await key_commands.tell_of_expired(session, service.actor)


async def _forget_sessions(service: Service) -> None:
    async with service.db.jobs_writing() as session:
        await session_commands.forget_old(session, system_now())


async def _forget_events(service: Service) -> None:
    before = system_now() - timedelta(days=service.settings.event_retention_days)
    async with service.db.jobs_writing() as session:
        await feed_commands.forget_before(session, before)
        await webhook_commands.forget_before(session, before)
