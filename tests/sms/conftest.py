"""A running sms service on a real database, and practices for it."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from harness import House, fresh_database
from sms.desk import NOON, Desk

from vetagenda_kit.ids import uuid7

IMPATIENT = {
    "sending_is_stale_after": timedelta(0),
    "carrier_settles_after": timedelta(0),
    "carrier_retry_after": timedelta(0),
}
Practices = dict[str, dict[str, Any]]
NewPractice = Callable[..., UUID]


def agenda_with(practices: Practices) -> FastAPI:
    """The one answer of the agenda that this service reads."""
    app = FastAPI()

    @app.get("/internal/practices/{practice_id}")
    async def practice(practice_id: str) -> dict[str, Any]:
        return practices[practice_id]

    return app


@pytest.fixture(scope="session")
def practices() -> Practices:
    return {}


@pytest.fixture
def new_practice(practices: Practices) -> NewPractice:
    """A fresh practice; `now` (RFC 3339) gives it a clock of its own that stands still."""

    def make(*, now: str | None = None, time_zone: str = "Europe/Paris", country: str = "FR") -> UUID:
        practice_id = uuid7()
        practices[str(practice_id)] = {"time_zone": time_zone, "country": country, "now": now}
        return practice_id

    return make


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory, practices: Practices) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("sms")
    running = House(folder, await fresh_database("sms"), nats_url=None)
    running.transports["agenda"] = httpx.ASGITransport(app=agenda_with(practices))
    app = running.add("sms", **IMPATIENT)
    async with app.router.lifespan_context(app):
        yield running


@pytest.fixture
def desk(house: House, new_practice: NewPractice) -> Desk:
    return Desk(house, new_practice(now=NOON))
