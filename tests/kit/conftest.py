"""The kit is tried through a real service: the agenda, with NATS."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from harness import House, house_of


@pytest_asyncio.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house_of(tmp_path_factory.mktemp("kit"), "agenda") as house:
        yield house
