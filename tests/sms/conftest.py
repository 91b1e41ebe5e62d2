"""A running sms service beside the agenda, on real databases, and practices for it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
from harness import House, house_of
from sms.desk import NOON, Desk

NewDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house_of(tmp_path_factory.mktemp("sms"), "agenda", "sms", nats=False) as running:
        yield running


@pytest.fixture
def new_desk(house: House) -> NewDesk:
    """A fresh practice; `now` (RFC 3339) gives it a clock of its own that stands still."""

    async def make(*, now: str | None = None, **fields: str) -> Desk:
        practice_id: UUID = await house.practice(test=now is not None, now=now, **fields)
        return Desk(house, practice_id)

    return make


@pytest.fixture
async def desk(new_desk: NewDesk) -> Desk:
    return await new_desk(now=NOON)
