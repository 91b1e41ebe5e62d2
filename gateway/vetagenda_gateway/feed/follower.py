"""Follows the publishers' streams, in their order, from where the feed's table says.

Not a durable consumer: JetStream would deliver a failed message after later ones, and the feed promises the
order of each aggregate. The position is kept in the same transaction as the events, so a crash repeats
nothing and misses nothing, and the next start goes on at once.
"""

import asyncio
import json
from datetime import datetime
from typing import Any
from zlib import crc32

from asyncpg import PostgresError
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from vetagenda_gateway.feed.commands import Message, PositionTaken
from vetagenda_gateway.feed.writer import Arrival, Writer
from vetagenda_kit.bus import LOST_CONNECTION, Bus, stream_of, subscribed_inbox
from vetagenda_kit.db import Database, DatabaseLost
from vetagenda_kit.logs import logger
from vetagenda_kit.own_connection import own_connection

PUBLISHERS = ("agenda", "booking", "reminders", "sms", "calendar-sync", "gateway")
BATCH = 256
HEARTBEAT_SECONDS = 2
_LEADER = crc32(b"vetagenda feed")
log = logger("feed")


class DeliveryBroken(Exception):
    """The server's deliveries do not follow each other: read again from the known position."""


async def lead(bus: Bus, database: Database) -> None:
    """Of several gateways one writes the feed: the one whose connection holds the lock."""
    async with own_connection(database) as connection:
        while not (await connection.fetch("SELECT pg_try_advisory_lock($1)", _LEADER))[0][0]:
            await asyncio.sleep(1)
        writer = Writer(connection)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(writer.run())
                for publisher in PUBLISHERS:
                    group.create_task(Follower(bus, writer, publisher).run())
        except* PositionTaken:
            log.info("feed_is_led_elsewhere")
        except* (DatabaseLost, PostgresError) as failed:
            log.warning("feed_paused", error=type(failed.exceptions[0]).__name__)


class Follower:
    """One publisher's stream, brought to the writer."""

    def __init__(self, bus: Bus, writer: Writer, publisher: str) -> None:
        self._bus = bus
        self._writer = writer
        self._publisher = publisher
        self._stream = stream_of(publisher)
        self._delivered = 0

    async def run(self) -> None:
        """Goes on after every interruption of the stream. Raises what the database says."""
        while True:
            try:
                await self._follow()
            except (*LOST_CONNECTION, DeliveryBroken) as error:
                log.warning("feed_paused", stream=self._stream, error=type(error).__name__)
                await asyncio.sleep(0.25)

    async def _follow(self) -> None:
        await self._bus.ensure_stream(self._publisher)
        jetstream = await self._bus.jetstream()
        created_at = _created(await jetstream.stream_info(self._stream))
        position = await self._writer.begin(self._stream, created_at)
        consumer = await jetstream.add_consumer(
            self._stream,
            ConsumerConfig(
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=position + 1,
                ack_policy=AckPolicy.NONE,
                inactive_threshold=60,
                mem_storage=True,
            ),
        )
        await self._pull(await self._bus.connected(), consumer.name)

    async def _pull(self, client: Client, consumer: str) -> None:
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{consumer}"
        request = {"batch": BATCH, "expires": 30 * 10**9, "idle_heartbeat": HEARTBEAT_SECONDS * 10**9}
        self._delivered = 0
        async with subscribed_inbox(client) as (reply, queue):
            while True:
                await client.publish(subject, json.dumps(request).encode(), reply)
                left, open_ = BATCH, True
                while left and open_:
                    messages, open_ = await _arrived(queue)
                    left -= len(messages)
                    self._writer.bring([self._arrival(message) for message in messages])
                if not left:
                    await self._writer.all_written()

    def _arrival(self, message: Msg) -> Arrival:
        """Raises DeliveryBroken: the consumer counts its deliveries, and a number left out was lost."""
        self._delivered += 1
        if message.metadata.sequence.consumer != self._delivered:
            raise DeliveryBroken("a delivery is missing")
        sequence = message.metadata.sequence.stream
        return Arrival(self._stream, sequence, message.metadata.timestamp, self._parsed(message, sequence))

    def _parsed(self, message: Msg, sequence: int) -> Message | None:
        """What is no event of ours is passed over: it must not stop the feed for ever."""
        try:
            return Message.parsed(message.data)
        except (ValueError, KeyError, TypeError, AttributeError):
            log.error("feed_passes_over", stream=self._stream, sequence=sequence)
            return None


async def _arrived(queue: "asyncio.Queue[Any]") -> tuple[list[Msg], bool]:
    """What has arrived, waiting for the first; False when the request is used up.

    Raises TimeoutError without heartbeats, DeliveryBroken when the consumer is gone.
    """
    messages: list[Msg] = []
    async with asyncio.timeout(2 * HEARTBEAT_SECONDS + 1):  # wait_for of 3.11 can swallow a cancellation
        message: Msg = await queue.get()
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


def _created(info: Any) -> datetime:
    """When the stream was made: another instant is another stream, whose numbers begin anew."""
    instant: datetime = info.created
    return instant
