"""A front-end in a browser, of another origin (DESK-8): what a browser looks at before a page may read."""

from collections.abc import AsyncIterator

import pytest
from gateway.conftest import Front, front
from gateway.test_forwarding import problem
from gateway.walking import practice_of
from pydantic import ValidationError

from vetagenda_gateway.settings import Settings

DESK = "https://desk.example.org"


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("front-ends")
    async with front(folder, "agenda", front_end_origins=[DESK]) as running:
        yield running


async def test_a_page_of_the_front_end_may_ask_and_read(platform: Front) -> None:
    practice = await practice_of(platform, "Clinique")
    path = f"/v1/practices/{practice}/owners"
    asks = {"Origin": DESK, "Access-Control-Request-Method": "POST"}
    asks["Access-Control-Request-Headers"] = "authorization,content-type,idempotency-key"
    async with platform.client(await platform.key(practice)) as client:
        asked = await client.options(path, headers=asks)
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == DESK
        assert "POST" in asked.headers["access-control-allow-methods"]
        allowed = asked.headers["access-control-allow-headers"].lower()
        assert {"authorization", "content-type", "idempotency-key", "if-match"} <= set(allowed.split(", "))
        made = await client.post(path, json={"family_name": "Roux"}, headers={"Origin": DESK})
    assert made.status_code == 201
    assert made.headers["access-control-allow-origin"] == DESK
    assert {"ETag", "Location", "X-Request-ID"} <= set(
        made.headers["access-control-expose-headers"].split(", ")
    )
    assert "access-control-allow-credentials" not in made.headers, "there are no cookies"


async def test_a_refusal_can_be_read_too(platform: Front) -> None:
    async with platform.client() as client:
        answer = await client.get("/v1/keys", headers={"Origin": DESK})
    problem(answer, 401, "unauthenticated")
    assert answer.headers["access-control-allow-origin"] == DESK


async def test_other_pages_are_not_admitted(platform: Front) -> None:
    other = {"Origin": "https://desk.example.org.evil.example", "Access-Control-Request-Method": "GET"}
    async with platform.client() as client:
        asked = await client.options("/v1/practices", headers=other)
        answer = await client.get("/docs", headers=other)
    assert asked.status_code == 400
    assert "access-control-allow-origin" not in asked.headers
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", ["*", "desk.example.org", "https://desk.example.org/", "https://*.org"])
def test_an_origin_is_a_scheme_and_a_host(origin: str) -> None:
    with pytest.raises(ValidationError):
        Settings(database_url="postgresql://x", front_end_origins=[origin])
