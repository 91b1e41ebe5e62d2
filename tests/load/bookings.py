"""(c) Bookings through the gateway against the raw rate of the same rows committed with asyncpg."""

import asyncio
import json
import time
from collections.abc import Iterator
from uuid import uuid4

from journeys.clinic import Clinic

from load import raw_rows, statements
from load.connection import once_each, request
from load.figures import Run, heading, line, ratio
from vetagenda_embedded.platform import Platform

CONNECTIONS = 8
WARM_UP = 60  # every connection of every pool has its statements prepared
SECONDS = 8.0
AIM = ".20"


async def compare(platform: Platform, clinic: Clinic) -> None:
    heading(f"(c) bookings, {CONNECTIONS} connections")
    starts = await clinic.free_starts(days=55)
    rows = await raw_rows.of_one(platform, lambda: clinic.book_until_answered(starts[0], 0))
    await _bookings(platform, clinic, starts[-WARM_UP:])
    booked = await _bookings(platform, clinic, starts[1 : -WARM_UP - 1])
    line("through the gateway", booked)
    await statements.print_of(
        platform, "one booking", lambda: clinic.book_until_answered(starts[-WARM_UP - 1], 0)
    )
    raw = await _raw(platform, rows)
    line(f"raw: {rows}", raw)
    ratio("share of raw", booked.per_second, raw.per_second, AIM)


async def _bookings(platform: Platform, clinic: Clinic, starts: list[str]) -> Run:
    url = f"{platform.base_url}/v1/practices/{clinic.practice_id}/booking-requests"
    requests = _requests(url, clinic, starts)
    return await once_each(url, requests, CONNECTIONS, SECONDS, expected_status=201)


def _requests(url: str, clinic: Clinic, starts: list[str]) -> Iterator[bytes]:
    for number, start in enumerate(starts, 1):
        body = json.dumps(clinic.booking(start, number)).encode()
        yield request("POST", url, clinic.key, body, {"Idempotency-Key": str(uuid4())})


async def _raw(platform: Platform, rows: raw_rows.Rows) -> Run:
    latencies: list[float] = []
    started = time.perf_counter()
    deadline = started + SECONDS / 2

    async def client(writer: raw_rows.Writer) -> None:
        while (begun := time.perf_counter()) < deadline:
            await writer.commit_once()
            latencies.append(time.perf_counter() - begun)

    async with raw_rows.writers(platform, rows, CONNECTIONS) as writers:
        started = time.perf_counter()
        deadline = started + SECONDS / 2
        await asyncio.gather(*(client(writer) for writer in writers))
        return Run(time.perf_counter() - started, latencies)
