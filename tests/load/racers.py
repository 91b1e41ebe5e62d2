"""64 racers for one time, 20 rounds: one winner each, and how long the slowest of them waits."""

import asyncio
import json
import time
from collections import Counter

from journeys.clinic import Clinic

from load.connection import Connection, request
from load.figures import heading, line, quantile
from vetagenda_embedded.platform import Platform

RACERS = 64
ROUNDS = 20
LIMIT_SECONDS = 1.0


async def compare(platform: Platform, clinic: Clinic) -> None:
    heading(f"(e) {RACERS} racers for one time, {ROUNDS} rounds, through the gateway")
    calendar_id = (await clinic.call("GET", "calendars"))["items"][0]["id"]
    url = f"{platform.base_url}/v1/practices/{clinic.practice_id}/appointments"
    connections = [await Connection.to(url) for _ in range(RACERS)]
    winners: list[int] = []
    waits: list[float] = []
    answers: Counter[int] = Counter()
    for number in range(ROUNDS):
        body = {
            "calendar_ids": [calendar_id],
            "start": f"2035-03-{number + 1:02d}T10:00:00Z",
            "end": f"2035-03-{number + 1:02d}T10:20:00Z",
        }
        asked = request("POST", url, clinic.key, json.dumps(body).encode())
        outcomes = await asyncio.gather(*(_timed(connection, asked) for connection in connections))
        winners.append([status for status, _ in outcomes].count(201))
        answers.update(status for status, _ in outcomes)
        waits += [seconds for _, seconds in outcomes]
    for connection in connections:
        connection.close()
    line("winners a round", f"{min(winners)} to {max(winners)}")
    line("answers", dict(answers))
    p99 = quantile(waits, 0.99)
    line("p50, p99", f"{1000 * quantile(waits, 0.5):.0f} ms, {1000 * p99:.0f} ms")
    line("p99 against the limit of 1 s", f"{p99 / LIMIT_SECONDS:8.2f}      (aim below 1)")


async def _timed(connection: Connection, asked: bytes) -> tuple[int, float]:
    begun = time.perf_counter()
    status, _ = await connection.exchange(asked)
    return status, time.perf_counter() - begun
