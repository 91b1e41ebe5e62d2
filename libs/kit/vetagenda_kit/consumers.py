"""Consumers: an event's effect and the note that it was had are one transaction, then the ack.

The inbox drops repeats; an aggregate's version that is not newer than the one seen is skipped. A
handler that fails is tried again after the delays of `retries`; then the message is kept as a dead
letter that an operator can list and replay. While the database or another service is away nothing
counts as a failure: the message comes again.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from opentelemetry.trace import SpanKind
from pydantic import ValidationError
from sqlalchemy import and_, delete, or_, text
from sqlalchemy.dialects.postgresql import insert

from vetagenda_contracts.events import CloudEvent, Event
from vetagenda_kit import inbox
from vetagenda_kit.bus import LOST_CONNECTION, Bus, stream_of, subscribed_inbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, WriteSession, is_away, schema_of
from vetagenda_kit.logs import logger
from vetagenda_kit.own_connection import OwnConnection, own_connection
from vetagenda_kit.plumbing import dead_letter
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.tracing import Tracing

RETRIES = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600))
BATCH = 32
ACK_WAIT_SECONDS = 15
PAUSE_SECONDS = 1
HEARTBEAT_SECONDS = 5
log = logger("consumers")

SomeEvent = TypeVar("SomeEvent", bound=Event)
Handler = Callable[[WriteSession, Any, "Delivery"], Awaitable[None]]
Look = Callable[[OwnConnection, Any], Awaitable[bool]]


@dataclass(frozen=True)
class Delivery:
    """What a handler gets beside the event: the envelope, and the service it runs in."""

    envelope: CloudEvent
    service: Any


@dataclass
class Consumers:
    """A service's handlers, by event type.

    `ordered=False` sees every version of an aggregate, also one that comes after a newer one.
    `concerns` is one cheap look, for a service that most events do not concern: those are acknowledged
    without a note. It only spares work: the handlers must be right without it.
    """

    name: str
    ordered: bool = True
    retries: tuple[timedelta, ...] = RETRIES
    concerns: Look | None = None
    handlers: dict[str, Handler] = field(default_factory=dict)

    def on(
        self, *kinds: type[SomeEvent]
    ) -> Callable[[Callable[[WriteSession, Any, Delivery], Awaitable[None]]], Handler]:
        def register(handler: Handler) -> Handler:
            for kind in kinds:
                self.handlers[kind.type] = handler
            return handler

        return register

    def sources(self) -> dict[str, list[str]]:
        """Publishing service -> the event types wanted of it."""
        wanted: dict[str, list[str]] = {}
        for kind in self.handlers:
            wanted.setdefault(kind.partition(".")[0], []).append(kind)
        return wanted

    async def handle(self, database: Database, envelope: CloudEvent, service: Any) -> None:
        """Inbox, version check and handler in one transaction."""
        event = envelope.event()
        async with database.jobs_writing() as session:
            if await inbox.is_new(session, self.name, envelope.id, event, ordered=self.ordered):
                await self.handlers[envelope.type](session, event, Delivery(envelope, service))


def _traced(consumer: str, envelope: CloudEvent, tracing: Tracing) -> contextlib.AbstractContextManager[None]:
    names = {"messaging.destination.name": envelope.type, "messaging.consumer.group.name": consumer}
    return tracing.span(
        f"process {envelope.type}", after=envelope.traceparent, kind=SpanKind.CONSUMER, attributes=names
    )


class Subscription:
    """One durable pull consumer: what one service wants of one stream."""

    def __init__(self, bus: Bus, database: Database, consumers: Consumers, source: str, service: Any) -> None:
        self._bus = bus
        self._database = database
        self._consumers = consumers
        self._source = source
        self._service = service
        self._looking: OwnConnection | None = None
        self.stream = stream_of(source)
        self.durable = schema_of(consumers.name)
        self.had_until = 0  # the stream's sequence; kept by who waited for it

    async def run(self) -> None:
        """Creates the durable again whenever it is gone: an operator may delete it to start over."""
        while True:
            try:
                await self._create()
                async with self._able_to_look():
                    await self._pull()
            except Exception as error:
                if not (isinstance(error, LOST_CONNECTION) or is_away(error)):
                    raise
                log.warning("consumer_paused", consumer=self.durable, error=type(error).__name__)
                await asyncio.sleep(0.5)

    async def _create(self) -> None:
        await self._bus.ensure_stream(self._source)
        jetstream = await self._bus.jetstream()
        await jetstream.add_consumer(
            self.stream,
            ConsumerConfig(
                durable_name=self.durable,
                deliver_policy=DeliverPolicy.ALL,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT_SECONDS,
                max_deliver=-1,
                max_ack_pending=256,
                filter_subjects=sorted(self._consumers.sources()[self._source]),
            ),
        )

    @contextlib.asynccontextmanager
    async def _able_to_look(self) -> AsyncIterator[None]:
        if self._consumers.concerns is None:
            yield
            return
        async with own_connection(self._database) as self._looking:
            yield

    async def _pull(self) -> None:
        client = await self._bus.connected()
        request = {"batch": BATCH, "expires": 30 * 10**9, "idle_heartbeat": HEARTBEAT_SECONDS * 10**9}
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.stream}.{self.durable}"
        async with subscribed_inbox(client) as (reply, queue):
            try:
                while True:
                    await client.publish(subject, json.dumps(request).encode(), reply)
                    await self._drain(queue)
            finally:
                await _hand_back(queue)

    async def _drain(self, queue: "asyncio.Queue[Any]") -> None:
        """Handle one pull's messages. Raises TimeoutError when the heartbeats stop."""
        for _ in range(BATCH):
            message: Msg = await self._next(queue)
            status = (message.headers or {}).get("Status")
            if status is None:
                await self.receive(message)
            elif status in ("404", "408"):
                return
            elif status != "100":  # 409: the consumer was deleted, or the server goes away
                raise TimeoutError(message.headers)

    async def _next(self, queue: "asyncio.Queue[Any]") -> Msg:
        while True:
            async with asyncio.timeout(2 * HEARTBEAT_SECONDS + 1):  # wait_for of 3.11 swallows cancellations
                message: Msg = await queue.get()
            if (message.headers or {}).get("Status") != "100":
                return message

    async def receive(self, message: Msg) -> None:
        try:
            envelope = CloudEvent.model_validate_json(message.data)
        except ValidationError:
            log.error("no_event", stream=self.stream, sequence=message.metadata.sequence.stream)
            await message.term()  # it could never be handled, nor name the practice of a dead letter
            return
        try:
            if await self._concerns(envelope):
                with _traced(self._consumers.name, envelope, self._service.tracing):
                    await self._consumers.handle(self._database, envelope, self._service)
        except ServiceUnavailable:
            await message.nak(delay=PAUSE_SECONDS)
        except Exception as error:
            if is_away(error):
                await message.nak(delay=PAUSE_SECONDS)
                raise
            await self._failed(message, envelope, error)
        else:
            await message.ack()

    async def _concerns(self, envelope: CloudEvent) -> bool:
        look, connection = self._consumers.concerns, self._looking
        return look is None or connection is None or await look(connection, envelope.event())

    async def _failed(self, message: Msg, envelope: CloudEvent, error: Exception) -> None:
        attempt = message.metadata.num_delivered
        log.warning(
            "handler_failed",
            consumer=self.durable,
            event_type=envelope.type,
            event_id=str(envelope.id),
            attempt=attempt,
            error=type(error).__name__,
            where=_where(error),
        )
        retries = self._consumers.retries
        if attempt <= len(retries):
            await message.nak(delay=retries[attempt - 1].total_seconds())
            return
        await self._bury(envelope, error)
        await message.term()

    async def _bury(self, envelope: CloudEvent, error: Exception) -> None:
        async with self._database.jobs_writing() as session:
            await session.execute(
                insert(dead_letter)
                .values(
                    consumer=self._consumers.name,
                    event_id=envelope.id,
                    practice_id=UUID(envelope.data["practice_id"]),
                    type=envelope.type,
                    payload=envelope.model_dump(mode="json"),
                    error=f"{type(error).__name__} at {_where(error)}",
                    dead_at=system_now(),
                )
                .on_conflict_do_nothing()
            )


async def _hand_back(queue: "asyncio.Queue[Any]") -> None:
    """What was delivered but not begun comes again at once instead of after the ack wait."""
    with contextlib.suppress(*LOST_CONNECTION):
        while not queue.empty():
            message: Msg = queue.get_nowait()
            if "Status" not in (message.headers or {}):
                await message.nak()


def _where(error: BaseException) -> str:
    """File and line of the failure: the message itself may quote personal data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"


async def replay(database: Database, consumers: Consumers, letter_id: int, service: Any) -> bool:
    """Handle a dead letter again, now. False when there is no such open letter."""
    async with database.jobs_reading() as reading:
        query = text("SELECT payload FROM dead_letter WHERE id = :id AND replayed_at IS NULL")
        payload = await reading.scalar(query, {"id": letter_id})
    if payload is None:
        return False
    await consumers.handle(database, CloudEvent.model_validate(payload), service)
    async with database.jobs_writing() as session:
        mark = text("UPDATE dead_letter SET replayed_at = :now WHERE id = :id")
        await session.execute(mark, {"now": system_now(), "id": letter_id})
    return True


async def prune_letters(session: WriteSession, replayed_before: datetime, dead_before: datetime) -> None:
    """Drops what was replayed, and what nobody has replayed for much longer."""
    replayed = dead_letter.c.replayed_at < replayed_before
    given_up = and_(dead_letter.c.replayed_at.is_(None), dead_letter.c.dead_at < dead_before)
    await session.execute(delete(dead_letter).where(or_(replayed, given_up)))
