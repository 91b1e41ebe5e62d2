"""Follows the publishers' streams, in their order, from where the feed's table says.

Not a durable consumer: JetStream would deliver a failed message after later ones, and the feed promises the
order of each aggregate. The position is kept in the same transaction as the events, so a crash repeats
nothing and misses nothing, and the next start goes on at once.
"""

import asyncio
import json
import time
from datetime import datetime
from typing import Any
from zlib import crc32

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from vetagenda_gateway.feed import commands
from vetagenda_gateway.feed.commands import Message, PositionTaken
from vetagenda_kit.bus import LOST_CONNECTION, Bus, stream_of, subscribed_inbox
from vetagenda_kit.db import Database
from vetagenda_kit.logs import logger

PUBLISHERS = ("agenda", "booking", "reminders", "sms", "calendar-sync", "gateway")
BATCH = 256
HEARTBEAT_SECONDS = 2
# One change causes several events: a moment's patience makes one transaction of them. A transaction costs ten
# times what one more event in it does, so in a busy feed they follow each other no closer than the pause.
GATHER_SECONDS = 0.02
PAUSE_SECONDS = 0.1
_LEADER = crc32(b"vetagenda feed")
log = logger("feed")


class DeliveryBroken(Exception):
    """The server's deliveries do not follow each other: read again from the known position."""


async def lead(bus: Bus, database: Database) -> None:
    """Of several gateways one writes the feed: the one whose connection holds the lock."""
    async with database.connection_of_its_own() as connection:
        while not await connection.scalar(text(f"SELECT pg_try_advisory_lock({_LEADER})")):
            await asyncio.sleep(1)
        try:
            async with asyncio.TaskGroup() as group:
                for publisher in PUBLISHERS:
                    group.create_task(Follower(bus, database, publisher).run())
        except* PositionTaken:
            log.info("feed_is_led_elsewhere")


class Follower:
    """One publisher's stream."""

    def __init__(self, bus: Bus, database: Database, publisher: str) -> None:
        self._bus = bus
        self._database = database
        self._publisher = publisher
        self._stream = stream_of(publisher)
        self._position = 0
        self._stored_at = 0.0

    async def run(self) -> None:
        """Goes on after every interruption. Raises PositionTaken when another gateway leads."""
        while True:
            try:
                await self._follow()
            except (*LOST_CONNECTION, DBAPIError, DeliveryBroken) as error:
                log.warning("feed_paused", stream=self._stream, error=type(error).__name__)
                await asyncio.sleep(0.25)

    async def _follow(self) -> None:
        await self._bus.ensure_stream(self._publisher)
        jetstream = await self._bus.jetstream()
        created_at = _created(await jetstream.stream_info(self._stream))
        async with self._database.jobs_writing() as session:
            self._position = await commands.begin_at(session, self._stream, created_at)
        consumer = await jetstream.add_consumer(
            self._stream,
            ConsumerConfig(
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=self._position + 1,
                ack_policy=AckPolicy.NONE,
                inactive_threshold=60,
                mem_storage=True,
            ),
        )
        await self._pull(await self._bus.connected(), consumer.name)

    async def _pull(self, client: Client, consumer: str) -> None:
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{consumer}"
        request = {"batch": BATCH, "expires": 30 * 10**9, "idle_heartbeat": HEARTBEAT_SECONDS * 10**9}
        delivered = 0
        async with subscribed_inbox(client) as (reply, queue):
            while True:
                await client.publish(subject, json.dumps(request).encode(), reply)
                left, open_ = BATCH, True
                while left and open_:
                    messages, open_ = await _batch(queue, self._patience_seconds())
                    left -= len(messages)
                    delivered = _check_order(messages, delivered)
                    await self._store(messages)

    async def _store(self, messages: list[Msg]) -> None:
        if not messages:
            return
        batch = [event for each in messages if (event := self._parsed(each))]
        reached = messages[-1].metadata.sequence.stream
        async with self._database.jobs_writing() as session:
            await commands.append(session, self._stream, self._position, batch, reached)
        self._position, self._stored_at = reached, time.monotonic()

    def _patience_seconds(self) -> float:
        return max(GATHER_SECONDS, self._stored_at + PAUSE_SECONDS - time.monotonic())

    def _parsed(self, message: Msg) -> Message | None:
        """What is no event of ours is passed over: it must not stop the feed for ever."""
        try:
            return Message.parsed(message.data)
        except (ValueError, KeyError, TypeError, AttributeError):
            log.error("feed_passes_over", stream=self._stream, sequence=message.metadata.sequence.stream)
            return None


async def _batch(queue: "asyncio.Queue[Any]", patience_seconds: float) -> tuple[list[Msg], bool]:
    """What has arrived, waiting for the first and then for more; False when the request is used up.

    Raises TimeoutError without heartbeats, DeliveryBroken when the consumer is gone.
    """
    messages: list[Msg] = []
    async with asyncio.timeout(2 * HEARTBEAT_SECONDS + 1):  # wait_for of 3.11 can swallow a cancellation
        message: Msg = await queue.get()
    await asyncio.sleep(patience_seconds)
    while True:
        status = (message.headers or {}).get("Status")
        if status is None:
            messages.append(message)
        elif status in ("404", "408"):
            return messages, False
        elif status != "100":
            raise DeliveryBroken(status)
        if queue.empty():
            return messages, True
        message = queue.get_nowait()


def _check_order(messages: list[Msg], delivered: int) -> int:
    """The consumer counts its deliveries: a number left out is a message lost on the way."""
    for message in messages:
        delivered += 1
        if message.metadata.sequence.consumer != delivered:
            raise DeliveryBroken("a delivery is missing")
    return delivered


def _created(info: Any) -> datetime:
    """When the stream was made: another instant is another stream, whose numbers begin anew."""
    instant: datetime = info.created
    return instant
