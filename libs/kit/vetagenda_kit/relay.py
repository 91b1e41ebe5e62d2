"""Publishes a service's outbox, in order, and stops at the first failure.

One relay per service: whoever holds the advisory lock. No lock is held on rows while the network is
used; a crash between publishing and marking publishes again under the same id, which the stream drops.
"""

import asyncio
from typing import Any
from zlib import crc32

from nats.js import JetStreamContext

from vetagenda_kit import outbox, tracing
from vetagenda_kit.bus import LOST_CONNECTION, Bus
from vetagenda_kit.db import Database, is_away
from vetagenda_kit.logs import logger
from vetagenda_kit.own_connection import OwnConnection, own_connection

BATCH = 100
IDLE_SECONDS = 0.25
# No commit of a mark waits for the disk: who loses some in a crash publishes again, and the stream
# drops them.
_MARKS_MAY_BE_LOST = "SET synchronous_commit = off"
log = logger("relay")


class Relay:
    def __init__(self, bus: Bus, database: Database, service: str) -> None:
        self._bus = bus
        self._database = database
        self._service = service
        self._lock_key = crc32(f"vetagenda relay {service}".encode())
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Called after a commit with events; another process's commits are found by looking."""
        self._wake.set()

    async def run(self) -> None:
        while True:
            try:
                await self._bus.ensure_stream(self._service)
                async with own_connection(self._database) as connection:
                    await self._lead(connection, await self._bus.jetstream())
            except Exception as error:
                if not (isinstance(error, LOST_CONNECTION) or is_away(error)):
                    raise
                log.warning("relay_paused", error=type(error).__name__)
                await asyncio.sleep(0.5)

    async def _lead(self, connection: OwnConnection, jetstream: JetStreamContext) -> None:
        while not (await connection.fetch("SELECT pg_try_advisory_lock($1)", self._lock_key))[0][0]:
            await asyncio.sleep(1)
        await connection.fetch(_MARKS_MAY_BE_LOST)
        while True:
            rows = await outbox.unpublished(connection, BATCH)
            await _publish(connection, jetstream, rows)
            if len(rows) < BATCH:
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):  # wait_for of 3.11 can swallow a cancellation
                await self._wake.wait()
        except TimeoutError:
            return
        finally:
            self._wake.clear()


async def _publish(connection: OwnConnection, jetstream: JetStreamContext, rows: list[Any]) -> None:
    """Different aggregates travel together; one aggregate's next event waits for the former."""
    for group in distinct_aggregates(rows):
        answers = await asyncio.gather(*(_send(jetstream, row) for row in group), return_exceptions=True)
        sent = [row["id"] for row, answer in zip(group, answers, strict=True) if answer is None]
        if sent:
            await outbox.mark_published(connection, sent)
        failures = [answer for answer in answers if answer is not None]
        if failures:
            raise failures[0]


async def _send(jetstream: JetStreamContext, row: Any) -> None:
    headers = {"Nats-Msg-Id": str(row["event_id"]), "Content-Type": "application/cloudevents+json"}
    if row["traceparent"]:
        headers[tracing.HEADER] = row["traceparent"]
    await jetstream.publish(row["type"], row["content"].encode(), timeout=5, headers=headers)


def distinct_aggregates(rows: list[Any]) -> list[list[Any]]:
    """Cut the rows, in order, into runs in which no aggregate occurs twice."""
    groups: list[list[Any]] = []
    seen: set[Any] = set()
    for row in rows:
        if not groups or row["aggregate_id"] in seen:
            groups.append([])
            seen = set()
        groups[-1].append(row)
        seen.add(row["aggregate_id"])
    return groups
