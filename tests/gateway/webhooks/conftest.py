"""A consumer, and a post office that serves one practice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from gateway.webhooks.consumer import Consumer, consumer
from gateway.webhooks.post_office import Post, post_office


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with post_office(tmp_path) as found:
        yield found


@pytest.fixture
async def partner() -> AsyncIterator[Consumer]:
    async with consumer() as found:
        yield found
