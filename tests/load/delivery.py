"""(d) Commit of an appointment to another service's handler, against a bare JetStream publish-to-handler."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import asyncpg
import nats
from journeys.clinic import Clinic
from nats.aio.msg import Msg
from nats.js.api import StorageType, StreamConfig

from load.figures import heading, line, quantile, ratio
from vetagenda_embedded.platform import Platform

MESSAGES = 200
SECONDS = 10.0
PAUSE_SECONDS = 0.02
PATIENCE_SECONDS = 20
AIM = "6"
# Written by the agenda just before its commit, and by the reminders service as its handler begins.
BETWEEN = """
    SELECT inbox.received_at - outbox.created_at
    FROM agenda.outbox JOIN reminders.inbox USING (event_id)
    WHERE outbox.type = 'agenda.appointment.booked' AND outbox.practice_id = $1
"""


async def compare(platform: Platform, clinic: Clinic) -> None:
    heading("(d) commit of an appointment to the reminders service's handler")
    ours = await _through_the_platform(platform, clinic)
    line("commit to handler", f"p50 {1000 * quantile(ours, 0.5):7.2f} ms   {len(ours)} events")
    bare = await _bare_jetstream(platform)
    line("bare publish to handler", f"p50 {1000 * quantile(bare, 0.5):7.2f} ms   {len(bare)} messages")
    ratio("times the bare time", quantile(ours, 0.5), quantile(bare, 0.5), AIM)


async def _through_the_platform(platform: Platform, clinic: Clinic) -> list[float]:
    """One booking after the other, so that nothing waits in a queue."""
    deadline, booked = time.monotonic() + SECONDS, 0
    for number, start in enumerate((await clinic.free_starts(days=55))[:MESSAGES]):
        await clinic.book_until_answered(start, number)
        booked += 1
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(PAUSE_SECONDS)
    connection = await asyncpg.connect(platform.database_url().replace("+asyncpg", "", 1))
    try:
        return await _all_handled(connection, clinic.practice_id, booked)
    finally:
        await connection.close()


async def _all_handled(connection: Any, practice_id: str, count: int) -> list[float]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(rows := await connection.fetch(BETWEEN, practice_id)) < count:
            await asyncio.sleep(0.1)
    spans: list[timedelta] = [row[0] for row in rows]
    return [span.total_seconds() for span in spans]


async def _bare_jetstream(platform: Platform) -> list[float]:
    client = await nats.connect(platform.nats_url or "")
    jetstream = client.jetstream()
    await jetstream.add_stream(StreamConfig(name="LOAD", subjects=["load.>"], storage=StorageType.FILE))
    arrived: list[float] = []

    async def handle(message: Msg) -> None:
        arrived.append(time.perf_counter())
        await message.ack()

    await jetstream.subscribe("load.published", cb=handle, manual_ack=True)
    published: list[float] = []
    for number in range(MESSAGES):
        published.append(time.perf_counter())
        await jetstream.publish("load.published", b"x" * 900)
        while len(arrived) <= number:
            await asyncio.sleep(0)
        await asyncio.sleep(PAUSE_SECONDS)
    await jetstream.delete_stream("LOAD")
    await client.close()
    return [end - begin for begin, end in zip(published, arrived, strict=True)]
