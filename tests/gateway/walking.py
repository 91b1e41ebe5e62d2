"""Every documented operation with a body, parameters and path that it takes: what the walks start from."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from typing import Any
from uuid import UUID

import httpx
from gateway.body_of import smallest
from gateway.conftest import Front
from gateway.populated import PARTNER, App, Populated

from vetagenda_gateway.contracts import merge
from vetagenda_gateway.keys import rules
from vetagenda_gateway.keys.bootstrap import create_admin_key

SERVICES = ("agenda", "sms", "booking", "reminders", "calendar-sync")
OPEN: dict[str, Any] = {
    "requests_per_minute": 1_000_000,
    "requests_per_minute_without_key": 1_000_000,
    "webhook_networks": ["127.0.0.0/8"],
}
PRACTICE = "/v1/practices/{practice_id}"
AT_ONCE = 8
_ONE_OF_TWO = {"appointment_type_id"}
"""Needed unless something else is given: no schema says so."""
_PARAMETER = re.compile(r"([^/{}]+)/\{([^}]+)\}")


async def practice_of(platform: Front, name: str) -> UUID:
    _, operator = await create_admin_key(platform.settings.database_url)
    body = {
        "name": name,
        "time_zone": "Europe/Paris",
        "country": "FR",
        "locale": "fr",
        "phone": "+33144556677",
    }
    async with platform.client(operator) as client:
        answer = await client.post("/v1/practices", json=body)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


@contextlib.asynccontextmanager
async def app_of(platform: Front, practice: UUID) -> AsyncIterator[App]:
    """A partner that is no practice's, with a key of its app for this one."""
    _, operator = await create_admin_key(platform.settings.database_url)
    async with platform.client(operator) as client:
        answer = await client.post("/v1/partners", json=PARTNER)
    assert answer.status_code == 201, answer.text
    partner = UUID(answer.json()["id"])
    key = await platform.key(practice, scopes=rules.SCOPES_OF_APPS, partner_id=partner)
    async with platform.client(key) as client:
        yield App(str(partner), client)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, method, operation in merge.operations(document["paths"]):
        if operation.get("security") != [] and operation["x-service"] != "behind":
            yield path, method.upper(), operation


def body_schema(operation: dict[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return schema


def body(operation: dict[str, Any], document: dict[str, Any], there: Populated) -> Any:
    schema = body_schema(operation)
    return None if schema is None else smallest(schema, document, there.named)


def query(operation: dict[str, Any], document: dict[str, Any], there: Populated) -> dict[str, Any]:
    asked = [
        each
        for each in operation.get("parameters", ())
        if each["in"] == "query" and (each.get("required") or each["name"] in _ONE_OF_TWO)
    ]
    return {each["name"]: smallest(each["schema"], document, there.named, each["name"]) for each in asked}


def filled(path: str, practice: UUID, ids: dict[str, str]) -> str:
    """The path with an id of each collection; a collection without one has no such route to try."""

    def identifier(match: re.Match[str]) -> str:
        collection, name = match.groups()
        if name == "practice_id":
            return f"{collection}/{practice}"
        before = path[: match.start()].rpartition("/{practice_id}/")[2]
        return f"{collection}/{ids[before + collection]}"

    return _PARAMETER.sub(identifier, path)


async def send(
    ours: Populated, document: dict[str, Any], path: str, method: str, target: str, **changes: Any
) -> httpx.Response:
    """The operation with all that it requires, of our own; `json` and `params` are added to it."""
    operation = document["paths"][path][method.lower()]
    content = body(operation, document, ours)
    if changes.get("json"):
        content |= changes["json"]
    return await ours.client.request(
        method,
        target,
        params=query(operation, document, ours) | changes.get("params", {}),
        json=content,
        headers={"If-Match": "*"},
    )


async def walk(steps: Iterable[Awaitable[None]]) -> int:
    """Takes steps that change nothing, a few at a time; how many there were."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def taken(step: Awaitable[None]) -> None:
        async with limit:
            await step

    return len(await asyncio.gather(*map(taken, steps)))
