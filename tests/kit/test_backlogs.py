"""PLAT-3: what waits is a number that an operator can be woken by."""

import math
from datetime import timedelta
from pathlib import Path

import pytest
from harness import fresh_database, house_of, runtime_url
from sqlalchemy import insert

from vetagenda_kit.backlogs import measure
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.ids import uuid7
from vetagenda_kit.plumbing import dead_letter, outbox
from vetagenda_kit.web import Metrics


def value(metrics: Metrics, name: str) -> float:
    found = metrics.registry.get_sample_value(name)
    assert found is not None
    return found


async def test_what_waits_is_counted_and_aged() -> None:
    database, metrics = Database(runtime_url("agenda", await fresh_database()), "agenda"), Metrics("agenda")
    try:
        await measure(database, metrics, ())
        assert (value(metrics, "outbox_oldest_seconds"), value(metrics, "dead_letters")) == (0, 0)
        event = {"event_id": uuid7(), "practice_id": uuid7(), "type": "x.y.z", "payload": {}}
        made = system_now() - timedelta(minutes=5)
        async with database.jobs_writing() as session:
            await session.execute(insert(outbox).values(**event, aggregate_id=uuid7(), created_at=made))
            dead = {"consumer": "c", "error": "e", "dead_at": made}
            await session.execute(insert(dead_letter).values(**event, **dead))
        await measure(database, metrics, ())
        assert value(metrics, "outbox_oldest_seconds") >= 300
        assert value(metrics, "dead_letters") == 1
    finally:
        await database.close()


async def test_without_a_database_nothing_is_made_up() -> None:
    database, metrics = Database("postgresql+asyncpg://nobody@127.0.0.1:9/none", "agenda"), Metrics("agenda")
    await measure(database, metrics, ())
    assert math.isnan(value(metrics, "dead_letters"))
    await database.close()


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("reminders", "reminders_due_oldest_seconds"),
        ("calendar-sync", "calendar_links_oldest_seconds"),
    ],
)
async def test_each_service_tells_of_its_own(tmp_path: Path, service: str, name: str) -> None:
    async with house_of(tmp_path, service) as house, house.internal(service, uuid7()) as tools:
        answer = await tools.get("/metrics")
    assert any(line.startswith(f"{name} ") for line in answer.text.splitlines())
