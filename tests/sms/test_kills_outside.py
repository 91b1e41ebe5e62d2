"""SMS-6: kill -9 in the middle of handing messages to a carrier over HTTP, while it loses answers: never
twice, nothing lost where it can be asked, and what cannot be known is unknown until a receipt tells."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from peers.kannel import KannelStandIn
from peers.twilio import Fault, TwilioStandIn
from sms import worker
from sms.desk import Desk
from sms.reachable import Reachable, reachable
from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_embedded import forkserver
from vetagenda_kit.ids import uuid7
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.tables import Message

PATIENCE_SECONDS = 120.0
OPEN = {Status.PLANNED, Status.SENDING}
SIZES = [
    pytest.param(40, 2, id="a-few"),
    pytest.param(2_000, 200, id="a-storm", marks=pytest.mark.long),
]


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioStandIn]:
    async with TwilioStandIn(faults=loses_three_in_a_hundred).running() as stand_in:
        yield stand_in


@pytest.fixture
async def kannel() -> AsyncIterator[KannelStandIn]:
    async with KannelStandIn(loses=0.03).running() as stand_in:
        yield stand_in


def loses_three_in_a_hundred(_number: int) -> Fault | None:
    return Fault.DROPS_THE_ANSWER if random.random() < 0.03 else None


@pytest.mark.parametrize(("messages", "kills"), SIZES)
async def test_a_carrier_that_can_be_asked(
    twilio: TwilioStandIn, tmp_path_factory: pytest.TempPathFactory, messages: int, kills: int
) -> None:
    """SMS-6: no duplicate, none lost; shuffled and repeated receipts end in one state."""
    folder = tmp_path_factory.mktemp("kills")
    async with reachable(folder, **twilio.settings) as reached:
        desk = Desk(reached.house, await reached.house.practice())
        await storm(reached, desk, twilio.settings, messages, kills, still_open={*OPEN, Status.UNKNOWN})
        assert Counter(sent.form["To"] for sent in twilio.sent) == dict.fromkeys(numbers(messages), 1)
        assert set((await statuses(desk)).values()) == {Status.ACCEPTED}
        told = [(sent, word) for sent in twilio.sent for word in ("sent", "delivered", "sent")]
        for sent, word in shuffled(told):
            assert await twilio.report(sent, word) == 204
        assert set((await statuses(desk)).values()) == {Status.DELIVERED}


@pytest.mark.parametrize(("messages", "kills"), SIZES)
async def test_a_carrier_that_cannot_be_asked(
    kannel: KannelStandIn, tmp_path_factory: pytest.TempPathFactory, messages: int, kills: int
) -> None:
    """SMS-6: no duplicate; the rest is unknown, and a receipt resolves what the carrier did get."""
    folder = tmp_path_factory.mktemp("kills")
    async with reachable(folder, **kannel.settings) as reached:
        desk = Desk(reached.house, await reached.house.practice())
        await storm(reached, desk, kannel.settings, messages, kills, still_open=OPEN)
        got = Counter(sent["to"] for sent in kannel.sent)
        assert set(got.values()) == {1}
        before = await statuses(desk)
        assert {status for number, status in before.items() if number not in got} <= {Status.UNKNOWN}
        for sent, report in shuffled([(sent, report) for sent in kannel.sent for report in (8, 1, 8)]):
            assert await kannel.report(sent, report) == 204
        after = await statuses(desk)
        assert {number for number, status in after.items() if status is Status.DELIVERED} == set(got)
        assert {status for number, status in after.items() if number not in got} <= {Status.UNKNOWN}


def shuffled(told: list[Any]) -> list[Any]:
    return random.sample(told, len(told))


def numbers(messages: int) -> list[str]:
    return [f"+336120{index:05}" for index in range(messages)]


async def storm(
    reached: Reachable,
    desk: Desk,
    carrier: dict[str, Any],
    messages: int,
    kills: int,
    *,
    still_open: set[Status],
) -> None:
    """Order while workers are killed; then one worker may finish."""
    forkserver.warm_up()
    settings = carrier | common(reached)
    ordering = asyncio.create_task(order(desk, messages, seconds=0.2 * kills))
    for _ in range(kills):
        doomed = await start(settings)
        await asyncio.sleep(random.uniform(0.0, 0.4))
        await end(doomed)
    await ordering
    last = await start(settings)
    try:
        await settled(desk, still_open)
    finally:
        await end(last)


def common(reached: Reachable) -> dict[str, Any]:
    kept = reached.house.services["sms"].settings
    return {
        "database_url": kept.database_url,
        "keys_file": str(kept.keys_file),
        "sms_callback_url": reached.url,
        "log_level": "error",
        "pool_size": 4,
    }


async def start(settings: dict[str, Any]) -> Any:
    told, begun = forkserver.pipe()
    process = forkserver.fork("sms-worker", worker.work_outside, (settings, begun))
    assert await asyncio.to_thread(told.poll, 60)
    return process


async def end(process: Any) -> None:
    """Without leaving the loop: the carrier lives in it."""
    process.kill()
    await asyncio.to_thread(process.join)


async def order(desk: Desk, messages: int, seconds: float) -> None:
    """Evenly, over about this time."""
    for number in numbers(messages):
        answer = await desk.put(uuid7(), {"to": number, "text": "Bonjour", "class": "urgent"})
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(seconds / messages)


async def statuses(desk: Desk) -> dict[str, Status]:
    async with desk.service.db.reading([desk.practice_id]) as session:
        rows = (await session.execute(select(col(Message.to), col(Message.status)))).all()
    return {row.to: row.status for row in rows}


async def settled(desk: Desk, still_open: set[Status]) -> None:
    """Asked seldom: the carrier answers in the same loop."""
    count = select(func.count()).where(col(Message.status).in_(still_open))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with desk.service.db.reading([desk.practice_id]) as session:
                if not await session.scalar(count):
                    return
            await asyncio.sleep(0.25)
