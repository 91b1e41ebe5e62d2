"""A post office on a clock that the test moves: real messages over real sockets."""

import contextlib
import ipaddress
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from gateway.webhooks.consumer import Consumer
from harness import fresh_database, runtime_url
from sqlalchemy import Row, func, select

from vetagenda_contracts.events import Actor
from vetagenda_gateway.feed import commands as feed
from vetagenda_gateway.feed.commands import Message
from vetagenda_gateway.settings import Settings
from vetagenda_gateway.tables import webhook_attempt, webhook_delivery, webhook_endpoint
from vetagenda_gateway.webhooks import commands
from vetagenda_gateway.webhooks.delivering import Delivering
from vetagenda_gateway.webhooks.filling import fill
from vetagenda_gateway.webhooks.schemas import NewEndpoint
from vetagenda_gateway.webhooks.sending import sender
from vetagenda_kit import outbox
from vetagenda_kit.db import Database
from vetagenda_kit.ids import uuid7
from vetagenda_kit.keys import KeyRing
from vetagenda_kit.own_connection import own_connection

BEGIN = datetime(2026, 11, 24, 7, tzinfo=UTC)
TESTER = Actor(kind="service", id="tests")
WITH_A_KEY = Actor(kind="api_key", id=str(uuid7()))
BOOKED, CANCELLED = "agenda.appointment.booked", "agenda.appointment.cancelled"


@dataclass
class Post:
    """One practice, its feed, and the post office that serves it; `now` stands still until it is moved."""

    database: Database
    delivering: Delivering
    practice: UUID = field(default_factory=uuid7)
    now: datetime = BEGIN
    endpoints: list[UUID] = field(default_factory=list)

    async def endpoint(self, consumer: Consumer, **order: Any) -> UUID:
        wanted = NewEndpoint(url=consumer.url, **order)
        cipher = self.delivering.cipher
        async with self.database.jobs_writing() as session:
            id, consumer.secret = await commands.create(
                session, self.practice, wanted, uuid7(), cipher, self.now, TESTER
            )
        self.endpoints.append(id)
        return id

    async def happen(self, *types: str) -> None:
        """So many events in the practice's feed."""
        messages = [
            Message.parsed(
                json.dumps(
                    {"id": str(uuid7()), "type": each, "data": {"practice_id": str(self.practice)}}
                ).encode()
            )
            for each in types
        ]
        async with own_connection(self.database) as connection:
            await feed.append(connection, messages, {})

    async def settle(self, after: timedelta = timedelta()) -> None:
        """What is due then is sent."""
        self.now += after
        await fill(self.database, self.now)
        await self.delivering.settle()

    async def of(self, id: UUID) -> Row[Any]:
        async with self.database.jobs_reading() as session:
            found = await session.execute(select(webhook_endpoint).where(webhook_endpoint.c.id == id))
            row: Row[Any] = found.one()
            return row

    async def states(self, id: UUID) -> dict[str, int]:
        async with self.database.jobs_reading() as session:
            query = select(webhook_delivery.c.status, func.count()).group_by(webhook_delivery.c.status)
            found = await session.execute(query.where(webhook_delivery.c.endpoint_id == id))
            return {str(status): int(count) for status, count in found}

    async def attempts(self) -> list[Row[Any]]:
        async with self.database.jobs_reading() as session:
            query = select(webhook_attempt).where(webhook_attempt.c.practice_id == self.practice)
            return list((await session.execute(query.order_by(webhook_attempt.c.at))).all())


@contextlib.asynccontextmanager
async def post_office(folder: Path, **changes: Any) -> AsyncIterator[Post]:
    name = await fresh_database()
    options = {"webhook_networks": [ipaddress.ip_network("127.0.0.0/8")], **changes}
    settings = Settings(database_url=runtime_url("gateway", name), **options)
    database = Database(settings.database_url, "gateway", pool_size=3)
    database.before_commit.append(outbox.write_pending)
    cipher = KeyRing.load_or_create(folder / "keys.json").cipher()
    async with sender(settings) as out:
        post: Post
        delivering = Delivering(database, out, cipher, TESTER, lambda: post.now, lambda: 0.0)
        post = Post(database, delivering)
        try:
            yield post
        finally:
            await delivering.stop()
            await database.close()
