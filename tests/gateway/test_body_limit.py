"""A service refuses a body that is too large as a problem too, whoever asks it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from gateway.loopback import served
from gateway.test_forwarding import problem
from harness import House, fresh_database


@pytest.fixture(scope="module")
async def agenda(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, House]]:
    folder: Path = tmp_path_factory.mktemp("limit")
    house = House(folder, await fresh_database(), None)
    async with served(house.add("agenda", max_body_bytes=5_000)) as url:
        yield url, house


async def pieces() -> AsyncIterator[bytes]:
    for _ in range(6):
        yield b" " * 1_000


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("path", ["/v1/practices", "/internal/run-due", "/v1/nowhere"])
async def test_a_service_itself_refuses_what_is_too_large(
    agenda: tuple[str, House], announced: bool, path: str
) -> None:
    url, house = agenda
    headers = {**house.admin().headers, "Content-Type": "application/json"}
    if path.startswith("/internal"):
        headers = {**house.internal("agenda").headers, "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        answer = await client.post(path, content=b" " * 6_000 if announced else pieces())
        if path == "/v1/nowhere" and not announced:
            problem(answer, 404, "not-found")  # nobody reads that body
        else:
            told = problem(answer, 413, "too-large")
            assert told.get("limit_bytes") == (5_000 if announced else None)
