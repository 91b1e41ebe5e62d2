"""PLAT-4: what is deprecated says so with every answer, and what is gone says what to call instead."""

import copy
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from gateway.conftest import Front
from gateway.loopback import served
from gateway.test_forwarding import problem

from vetagenda_gateway.app import create
from vetagenda_gateway.contracts import lifecycle
from vetagenda_gateway.contracts.lifecycle import Ending
from vetagenda_kit.operation_marks import deprecated

MIRROR = "/v1/practices/{practice_id}/mirror"
ENDED = Ending(
    "GET",
    "/v1/practices/{practice_id}/former/{thing_id}",
    "gone",
    date(2026, 1, 1),
    date(2026, 7, 1),
    "/v1/practices/{practice_id}/mirror",
)


def with_an_ending(document: dict[str, Any]) -> dict[str, Any]:
    marked = copy.deepcopy(document)
    mark = deprecated(date(2026, 12, 1), sunset=date(2027, 6, 30), successor="/v2/mirror")
    marked["paths"][MIRROR]["get"] |= mark
    return marked


@pytest.fixture
async def address(gateway: Front) -> Any:
    document = with_an_ending(gateway.document)
    door = create(gateway.settings, openapi=document, asyncapi={}, gone=(ENDED,))
    async with served(door) as address:
        yield address


async def test_a_deprecated_operation_says_since_when_until_when_and_what_instead(
    gateway: Front, address: str, practice: UUID
) -> None:
    headers = {"Authorization": f"Bearer {await gateway.key(practice)}"}
    path = MIRROR.format(practice_id=practice)
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        old, other = await client.get(path), await client.post(path)
        refused = await client.get(path, headers={"Authorization": "Bearer none"})
    assert old.status_code == 200
    assert old.headers["deprecation"] == "@1796083200"  # 2026-12-01T00:00:00Z
    assert old.headers["sunset"] == "Wed, 30 Jun 2027 00:00:00 GMT"
    assert old.headers["link"] == (
        '</docs/versions>; rel="deprecation"; type="text/html", </v2/mirror>; rel="successor-version"'
    )
    assert refused.headers["sunset"] == old.headers["sunset"]
    assert not {"deprecation", "sunset", "link"} & set(other.headers)


async def test_what_is_gone_names_its_successor(gateway: Front, address: str, practice: UUID) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        answer = await client.get(f"/v1/practices/{practice}/former/17")
        other = await client.get(f"/v1/practices/{practice}/former")
    problem(answer, 410, "operation-gone")
    assert answer.json()["successor"] == "/v1/practices/{practice_id}/mirror"
    assert answer.json()["type"] == "/docs/problems#operation-gone"
    problem(other, 404, "not-found")


async def test_the_matrix_lists_versions_and_endings(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        table = (await client.get("/v1/versions.json")).json()
        page = (await client.get("/docs/versions")).text
    assert table["versions"][0] == {"name": "v1", "status": "current", "since": "2026-11-01", "sunset": None}
    assert [(each["status"], each["path"]) for each in table["operations"]] == [
        ("deprecated", MIRROR),
        ("gone", ENDED.path),
    ]
    for said in ("v1", "current", "2027-06-30", "former"):
        assert said in page


def test_what_is_served_today_has_no_ending_in_the_past() -> None:
    """Whoever marks an operation sees here that its day has come."""
    from vetagenda_gateway.contracts import documents
    from vetagenda_kit.clock import system_now

    today = system_now().date()
    for each in lifecycle.deprecated(documents.load("gateway")):
        assert each.sunset > today, f"{each.method} {each.path}: take it out, and into GONE"
        assert (each.sunset - each.since).days >= 180
