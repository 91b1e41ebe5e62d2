"""PLAT-2: every access by a key can be told: who, when, what, about whom; and nothing of what was said."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from gateway.conftest import Front
from gateway.test_forwarding import problem
from harness import eventually

from vetagenda_gateway.accesses import log
from vetagenda_gateway.accesses.log import Access, AccessLog
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7


async def read(platform: Front, practice: UUID, count: int, **params: Any) -> list[dict[str, Any]]:
    """The log without the readings of it, as soon as it has so many."""
    async with platform.client(await platform.key(practice, scopes=["keys:read"])) as auditor:

        async def enough() -> tuple[list[dict[str, Any]]] | None:
            answer = await auditor.get(f"/v1/practices/{practice}/access-log", params=params)
            assert answer.status_code == 200, answer.text
            items = [each for each in answer.json()["items"] if not each["route"].endswith("access-log")]
            return (items,) if len(items) >= count else None

        return (await eventually(enough))[0]  # type: ignore[no-any-return]


async def test_who_did_what_when_and_how_it_ended(gateway: Front, practice: UUID) -> None:
    path, before = f"/v1/practices/{practice}/mirror", system_now()
    async with gateway.client(await gateway.key(practice)) as client:
        own = (await client.get("/v1/keys/self")).json()["id"]
        first = await client.get(path, params={"q": "Élodie Plutôt"})
        await client.put(f"{path}/{practice}", content=b"secret words")
        await client.delete(path)
    items = await read(gateway, practice, 2)
    assert [(each["method"], each["route"], each["status"]) for each in items] == [
        ("PUT", "/v1/practices/{practice_id}/mirror/{rest}", 200),
        ("GET", "/v1/practices/{practice_id}/mirror", 200),
    ]
    assert {each["actor_id"] for each in items} == {own}
    assert items[0]["subject_ids"] == [str(practice)]
    assert items[1]["request_id"] == first.headers["x-request-id"]
    assert items[1]["at"] >= before.isoformat().replace("+00:00", "Z")[:19]
    assert "Plut" not in str(items)
    assert "secret" not in str(items)


async def test_it_is_asked_by_key_by_subject_and_by_time(gateway: Front, practice: UUID) -> None:
    subject = uuid4()
    keys = [await gateway.key(practice) for _ in range(2)]
    ids = []
    for number, key in enumerate(keys):
        async with gateway.client(key) as client:
            ids.append((await client.get("/v1/keys/self")).json()["id"])
            await client.put(f"/v1/practices/{practice}/mirror/{subject if number else uuid4()}")
    assert len(await read(gateway, practice, 2)) == 2
    assert [each["actor_id"] for each in await read(gateway, practice, 1, actor_id=ids[0])] == [ids[0]]
    assert [each["actor_id"] for each in await read(gateway, practice, 1, subject_id=str(subject))] == [
        ids[1]
    ]
    later = (system_now() + timedelta(minutes=1)).isoformat()
    assert await read(gateway, practice, 0, **{"from": later}) == []
    assert len(await read(gateway, practice, 2, to=later)) == 2


async def test_a_page_follows_the_other(gateway: Front, practice: UUID) -> None:
    async with gateway.client(await gateway.key(practice)) as client:
        for _ in range(5):
            await client.get(f"/v1/practices/{practice}/mirror")
    whole = await read(gateway, practice, 5)
    until = whole[0]["at"]
    async with gateway.client(await gateway.key(practice)) as auditor:
        seen, cursor = [], None
        while True:
            params = {"limit": 2, "to": until} | ({"cursor": cursor} if cursor else {})
            page = (await auditor.get(f"/v1/practices/{practice}/access-log", params=params)).json()
            seen += [each["request_id"] for each in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
    assert [each for each in seen if each in {one["request_id"] for one in whole}] == [
        each["request_id"] for each in whole[1:]
    ]


async def test_it_is_for_those_who_manage_keys_of_this_practice(gateway: Front, practice: UUID) -> None:
    path = f"/v1/practices/{practice}/access-log"
    async with gateway.client(await gateway.key(practice, scopes=["agenda:read"])) as client:
        problem(await client.get(path), 403, "scope-missing")
    async with gateway.client(await gateway.key(uuid7())) as stranger:
        problem(await stranger.get(path), 404, "not-found")


async def test_what_was_noted_is_written_when_the_gateway_stops(gateway: Front, practice: UUID) -> None:
    kept = AccessLog(every=timedelta(hours=1))
    running = asyncio.create_task(kept.run(gateway.database))
    await asyncio.sleep(0)  # it has begun, and waits for an hour
    kept.note(Access(practice, system_now(), "api_key", "k", "GET", "/", (), 200, "r"))
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    (written,) = await read(gateway, practice, 1)
    assert written["request_id"] == "r"


def test_in_memory_the_newest_are_kept() -> None:
    kept = AccessLog(most_kept=2)
    for number in range(4):
        kept.note(Access(UUID(int=number), system_now(), "api_key", "", "GET", "/", (), 200, str(number)))
    assert [each.request_id for each in kept._waiting] == ["2", "3"]


async def test_it_is_forgotten_after_its_time(gateway: Front, practice: UUID) -> None:
    async with gateway.client(await gateway.key(practice)) as client:
        await client.get(f"/v1/practices/{practice}/mirror")
    await read(gateway, practice, 1)
    async with gateway.database.jobs_writing() as session:
        await log.forget_before(session, system_now() + timedelta(seconds=1))
    assert await read(gateway, practice, 0) == []
