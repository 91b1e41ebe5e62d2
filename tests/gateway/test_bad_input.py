"""Bad input gets a problem that names the field, at every documented operation, and never an error of ours.

One field at a time is replaced by what a careless or hostile caller sends; everything else stays as it
should be. Each run tries another sample unless it is given a seed; `-m long` tries everything.
"""

import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from gateway.body_of import resolved
from gateway.conftest import Front, front
from gateway.populated import Populated, populate
from gateway.walking import (
    OPEN,
    PRACTICE,
    SERVICES,
    app_of,
    body,
    body_schema,
    filled,
    operations,
    practice_of,
    query,
)

SAMPLE = 1000
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, "", " ", "\x00", "a\x00b", "x" * 10_000, "\U0001f436", "\ud83d",
    "2027", "2026-02-30", "0001-01-01", "9999-12-31T23:59:59Z", "2031-03-04T09:00:00", "P9999Y", "-PT1S",
    "%00", "' OR 1=1 --", "../../x", "00000000-0000-0000-0000-000000000000", "+33", "a@b",
    [], {}, [None], [[]], {"x": None}, [True, True], ["sms", "sms"], ["x"] * 1000,
)  # fmt: skip
QUERY_VALUES = [value for value in VALUES if isinstance(value, str) and value != "\ud83d"]
SLOW = ("/stream", "/google/start")


class Attempt(NamedTuple):
    method: str
    path: str
    pointer: str
    value: Any


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory, nats_url: str) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("bad-input")
    async with front(folder, *SERVICES, nats_url=nats_url, **OPEN) as running:
        yield running


@pytest.fixture(scope="module")
async def ours(platform: Front) -> AsyncIterator[Populated]:
    practice = await practice_of(platform, "ours")
    async with platform.client(await platform.key(practice)) as client, app_of(platform, practice) as app:
        yield await populate(client, practice, "Plutôt", app)


def fields(schema: Any, document: Any, at: str = "", depth: int = 2) -> Iterator[str]:
    """JSON Pointers of a body's members, and of those in them."""
    for choice in (schema, *schema.get("anyOf", ())):
        for name, member in resolved(choice, document).get("properties", {}).items():
            yield f"{at}/{name}"
            if depth > 1:
                yield from fields(member, document, f"{at}/{name}", depth - 1)


def attempts(document: Any) -> Iterator[Attempt]:
    for path, method, operation in operations(document):
        if path.endswith(SLOW) or method == "DELETE" or path.startswith("/v1/keys/self"):
            continue
        for pointer in fields(body_schema(operation) or {}, document):
            yield from (Attempt(method, path, pointer, value) for value in VALUES)
        for each in operation.get("parameters", ()):
            if each["in"] == "query":
                yield from (Attempt(method, path, f"?{each['name']}", value) for value in QUERY_VALUES)


def replaced(content: Any, pointer: str, value: Any) -> Any:
    """The body with one member replaced, or with an object that has only this member where there was none."""
    name, _, rest = pointer[1:].partition("/")
    inner = content.get(name) if isinstance(content, dict) else None
    return {**content, name: replaced(inner or {}, f"/{rest}", value) if rest else value}


async def made(attempt: Attempt, document: Any, ours: Populated) -> httpx.Response:
    operation = document["paths"][attempt.path][attempt.method.lower()]
    target = filled(attempt.path, ours.practice, ours.ids).replace("{key_id}", str(ours.practice))
    params, content = query(operation, document, ours), body(operation, document, ours)
    if attempt.pointer.startswith("?"):
        params |= {attempt.pointer[1:]: attempt.value}
    else:
        content = replaced(content, attempt.pointer, attempt.value)
    return await ours.client.request(
        attempt.method,
        target,
        params=params,
        content=None if content is None else json.dumps(content),
        headers={"If-Match": "*", "Content-Type": "application/json"},
    )


def wrong_answer(attempt: Attempt, answer: httpx.Response) -> str | None:
    told = f"{attempt} -> {answer.status_code} {answer.text[:300]}"
    if answer.status_code >= 500:
        return told
    if answer.status_code >= 400 and answer.headers["content-type"] != "application/problem+json":
        return told
    if answer.status_code == 422 and answer.json()["code"] == "invalid-request":
        problem = answer.json()
        if not problem.get("errors") or "Value error" in problem["detail"]:
            return told
    return None


async def tried(platform: Front, ours: Populated, chosen: list[Attempt]) -> None:
    wrong = [
        told for each in chosen if (told := wrong_answer(each, await made(each, platform.document, ours)))
    ]
    assert not wrong, f"{len(wrong)} of {len(chosen)}:\n" + "\n".join(wrong[:40])


async def test_bad_input_is_told_apart_from_errors_of_ours(platform: Front, ours: Populated) -> None:
    everything = list(attempts(platform.document))
    assert len(everything) > 10 * SAMPLE
    await tried(platform, ours, random.sample(everything, SAMPLE))


@pytest.mark.long
async def test_all_bad_input_is_told_apart_from_errors_of_ours(platform: Front, ours: Populated) -> None:
    await tried(platform, ours, list(attempts(platform.document)))


async def test_the_null_of_every_field_that_a_patch_takes(platform: Front, ours: Populated) -> None:
    """RFC 7396: null empties a field, or is refused at it."""
    of_practices = [each for each in attempts(platform.document) if PRACTICE in each.path]
    patches = [each for each in of_practices if each.method == "PATCH" and each.value is None]
    assert len(patches) > 40
    for each in patches:
        answer = await made(each, platform.document, ours)
        assert answer.status_code in (200, 409, 422), f"{each}: {answer.status_code} {answer.text}"
        if answer.status_code == 422:
            pointers = [error["pointer"] for error in answer.json()["errors"]]
            near = [pointer for pointer in pointers if pointer.startswith(each.pointer)]
            assert near or each.pointer.startswith(tuple(pointers)), f"{each}: {answer.text}"
