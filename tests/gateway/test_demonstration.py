"""The demonstration practice of `vetagenda up` is made once, however often its making is interrupted."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from gateway.conftest import Front, front
from sqlalchemy import text

from vetagenda_embedded import demonstration, demonstration_data
from vetagenda_gateway.keys.bootstrap import create_admin_key


@pytest.fixture(scope="module")
async def newcomer(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("newcomer"), "agenda", "booking") as running:
        yield running


class Interrupted(Exception):
    """As if the power had gone."""


def _load(url: str, admin_key: str, most_answers: int = 1000) -> dict[str, str]:
    left = most_answers

    def count(_answer: httpx.Response) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            raise Interrupted

    with httpx.Client(base_url=url, timeout=30, event_hooks={"response": [count]}) as client:
        return demonstration.load(client, admin_key)


async def _names(client: httpx.AsyncClient, practice: str, kind: str) -> list[str]:
    items: list[dict[str, Any]] = (await client.get(f"/v1/practices/{practice}/{kind}")).json()["items"]
    return sorted(item.get("name") or item["family_name"] for item in items)


async def test_an_interrupted_first_start_leaves_one_practice(newcomer: Front) -> None:
    """The answer to the first, second, fourth ... order is lost: its effect is there already."""
    _, admin_key = await create_admin_key(newcomer.settings.database_url)
    for answers in (1, 2, 4, 9):
        with pytest.raises(Interrupted):
            await asyncio.to_thread(_load, newcomer.url, admin_key, answers)
    made = await asyncio.to_thread(_load, newcomer.url, admin_key)
    assert await asyncio.to_thread(_load, newcomer.url, admin_key) == made
    async with newcomer.client(admin_key) as client:
        keys = (await client.get("/v1/keys")).json()["items"]
        assert [key["practices"] for key in keys if key["name"] == "demonstration"] == [[made["practice_id"]]]
    async with newcomer.client(made["key"]) as client:
        calendars = [each["name"] for each in demonstration_data.CALENDARS.values()]
        assert await _names(client, made["practice_id"], "calendars") == sorted(calendars)
        owners = [owner["family_name"] for owner, _ in demonstration_data.OWNERS]
        assert await _names(client, made["practice_id"], "owners") == sorted(owners)
        animals = [animal["name"] for _, animals in demonstration_data.OWNERS for animal in animals]
        assert await _names(client, made["practice_id"], "animals") == sorted(animals)
    async with newcomer.house.services["agenda"].db.jobs_reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM practice")) == 1
