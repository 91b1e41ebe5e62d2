"""SMS-6: kill -9 in the middle of sending, and answers that get lost: never twice, and nothing forgotten."""

import asyncio
import random
import time
from collections import Counter
from typing import Any
from uuid import UUID

import httpx
import pytest
from harness import House
from sms import worker
from sms.desk import MOBILE, Desk
from sqlalchemy import select
from sqlmodel import col

from vetagenda_embedded import forkserver
from vetagenda_kit.ids import uuid7
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.tables import Message, SandboxSubmission

PATIENCE_SECONDS = 60
OPEN = (Status.PLANNED, Status.SENDING)


@pytest.mark.parametrize("looks_up", [True, False], ids=["can-be-asked", "cannot-be-asked"])
async def test_a_few_kills(house: House, desk: Desk, looks_up: bool) -> None:
    await storm(house, desk, messages=60, kills=3, looks_up=looks_up)


@pytest.mark.long
@pytest.mark.parametrize("looks_up", [True, False], ids=["can-be-asked", "cannot-be-asked"])
async def test_a_storm_of_kills(house: House, desk: Desk, looks_up: bool) -> None:
    await storm(house, desk, messages=2_000, kills=200, looks_up=looks_up)


async def storm(house: House, desk: Desk, *, messages: int, kills: int, looks_up: bool) -> None:
    """Order while workers are killed; then one worker may finish."""
    forkserver.warm_up()
    ordering = asyncio.create_task(order(desk, messages, seconds=0.2 * kills))
    for _ in range(kills):
        doomed = await start(house, looks_up)
        await asyncio.sleep(random.uniform(0.0, 0.4))
        doomed.kill()
        doomed.join()
    await ordering
    last = await start(house, looks_up)
    try:
        statuses = await settled(desk, looks_up)
    finally:
        last.kill()
        last.join()
    await check(desk, statuses, messages, looks_up)


async def check(desk: Desk, statuses: dict[UUID, Status], messages: int, looks_up: bool) -> None:
    submissions = await submissions_of(desk)
    assert len(statuses) == messages
    assert set(submissions.values()) == {1}, "no message was given to the carrier twice"
    if looks_up:
        assert set(submissions) == set(statuses), "no message was lost"
        assert set(statuses.values()) <= {Status.ACCEPTED, Status.DELIVERED}
    else:
        missing = set(statuses) - set(submissions)
        assert {statuses[each] for each in missing} <= {Status.UNKNOWN}, (
            "what may be lost is said to be unknown"
        )


async def start(house: House, looks_up: bool) -> Any:
    kept = house.services["sms"].settings
    settings = {
        "database_url": kept.database_url,
        "keys_file": str(kept.keys_file),
        "log_level": "error",
        "pool_size": 4,
    }
    told, begun = forkserver.pipe()
    process = forkserver.fork("sms-worker", worker.work, (settings, looks_up, begun))
    assert await asyncio.to_thread(told.poll, PATIENCE_SECONDS)
    return process


async def order(desk: Desk, messages: int, seconds: float) -> None:
    """Evenly, over about this time; a client's identity is good for a minute only."""
    for first in range(0, messages, 50):
        async with desk.house.internal("sms", desk.practice_id, caller="reminders") as client:
            for number in range(first, min(first + 50, messages)):
                await order_one(client, desk.practice_id, f"Bonjour {number}")
                await asyncio.sleep(seconds / messages)


async def order_one(client: httpx.AsyncClient, practice_id: UUID, text: str) -> None:
    body = {"to": MOBILE, "text": text, "class": "urgent"}
    answer = await client.put(f"/internal/practices/{practice_id}/messages/{uuid7()}", json=body)
    assert answer.status_code == 200, answer.text


async def settled(desk: Desk, looks_up: bool) -> dict[UUID, Status]:
    """All messages by id, once none is on its way."""
    still_open = {*OPEN, Status.UNKNOWN} if looks_up else set(OPEN)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        async with desk.service.db.reading([desk.practice_id]) as session:
            rows = (await session.execute(select(col(Message.id), col(Message.status)))).all()
        if not any(status in still_open for _, status in rows):
            return {row.id: row.status for row in rows}
        await asyncio.sleep(0.1)
    raise AssertionError(f"still open: {Counter(status for _, status in rows)}")


async def submissions_of(desk: Desk) -> Counter[UUID]:
    async with desk.service.db.reading([desk.practice_id]) as session:
        return Counter(await session.scalars(select(col(SandboxSubmission.reference))))
