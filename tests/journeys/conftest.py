"""One platform for all journeys: real processes, real servers, on free ports."""

from collections.abc import AsyncIterator

import pytest

from vetagenda_embedded.platform import Platform
from vetagenda_embedded.settings import PlatformSettings


@pytest.fixture(scope="session")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    home = tmp_path_factory.mktemp("platform")
    running = Platform(PlatformSettings(home, port=0, durable=False))
    async with running:
        yield running
    running.remove()
