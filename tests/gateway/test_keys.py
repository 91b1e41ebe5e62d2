"""API keys over HTTP, in front of the real agenda (PART-6)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
from gateway.conftest import Front, front
from gateway.test_forwarding import problem
from harness import eventually
from sqlalchemy import text

from vetagenda_gateway.keys.bootstrap import create_admin_key
from vetagenda_kit.caller import SCOPES
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7

PRACTICE = {"name": "Clinique du Port", "time_zone": "Europe/Paris", "country": "FR", "locale": "fr"}
EVERYTHING = sorted(SCOPES - {"admin"})


@pytest.fixture(scope="session")
async def clinic(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("clinic"), "agenda") as running:
        yield running


@pytest.fixture(scope="session")
async def operator(clinic: Front) -> str:
    _, key = await create_admin_key(clinic.settings.database_url)
    return key


async def new_practice(clinic: Front, operator: str, *, test: bool = False) -> UUID:
    async with clinic.client(operator) as client:
        body = PRACTICE | {"phone": "+33144556677", "test": test}
        answer = await client.post("/v1/practices", json=body)
        assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def made_key(clinic: Front, maker: str, practice: UUID, **order: object) -> dict[str, object]:
    body = {"practices": [str(practice)], "scopes": EVERYTHING} | order
    async with clinic.client(maker) as client:
        answer = await client.post("/v1/keys", json=body)
    assert answer.status_code == 201, answer.text
    created: dict[str, object] = answer.json()
    return created


async def status(clinic: Front, key: object, practice: UUID) -> int:
    async with clinic.client(str(key)) as client:
        return (await client.get(f"/v1/practices/{practice}")).status_code


async def test_the_operator_makes_a_practice_and_a_key_for_it(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    created = await made_key(clinic, operator, practice, name="front desk")
    key = str(created["key"])
    assert key.startswith("vag_live_")
    assert key.startswith(str(created["prefix"]))
    async with clinic.client(key) as client:
        assert (await client.get(f"/v1/practices/{practice}")).json()["name"] == "Clinique du Port"
        own = (await client.get("/v1/keys/self")).json()
    assert own.get("id") == created["id"], own
    assert own["practices"] == [str(practice)]
    assert own["scopes"] == EVERYTHING
    assert "key" not in own


async def test_the_key_itself_is_nowhere_in_the_database(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    key = str((await made_key(clinic, operator, practice))["key"])
    async with clinic.database.jobs_reading() as session:
        for table in ("api_key", "outbox", "api_key_use"):
            rows = (await session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))).scalars()
            assert not [row for row in rows if key in row or key[12:-6] in row]


async def test_a_revoked_key_is_refused_from_the_next_request_on(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    created = await made_key(clinic, operator, practice)
    assert await status(clinic, created["key"], practice) == 200
    async with clinic.client(operator) as client:
        for _ in range(2):  # again changes nothing
            assert (await client.delete(f"/v1/keys/{created['id']}")).status_code == 204
    assert await status(clinic, created["key"], practice) == 401


async def test_a_key_that_is_revoked_by_hand_is_refused_too(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    created = await made_key(clinic, operator, practice)
    assert await status(clinic, created["key"], practice) == 200
    async with clinic.database.jobs_writing() as session:
        statement = text("UPDATE api_key SET revoked_at = :now WHERE id = :id")
        await session.execute(statement, {"now": system_now(), "id": created["id"]})

    async def refused() -> bool:
        return await status(clinic, created["key"], practice) == 401

    assert await eventually(refused, seconds=2)


async def test_an_expired_key_is_refused(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    soon = (system_now() + timedelta(seconds=0.5)).isoformat()
    created = await made_key(clinic, operator, practice, expires_at=soon)

    async def refused() -> bool:
        return await status(clinic, created["key"], practice) == 401

    assert await eventually(refused, seconds=3)


async def test_a_rotated_key_overlaps_with_its_successor(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    former = await made_key(clinic, operator, practice, scopes=["agenda:read", "practice:read"])
    async with clinic.client(str(former["key"])) as client:
        answer = await client.post("/v1/keys/self/rotate", json={"overlap_hours": 1})
        successor = answer.json()
        assert answer.status_code == 201
        assert successor["scopes"] == ["agenda:read", "practice:read"]
        assert successor["practices"] == [str(practice)]
        own = (await client.get("/v1/keys/self")).json()
        assert own["successor_id"] == successor["id"]
        assert timedelta(minutes=59) < _instant(own["expires_at"]) - system_now() <= timedelta(hours=1)
        problem(await client.post("/v1/keys/self/rotate"), 409, "key-ended")
    assert await status(clinic, former["key"], practice) == 200
    assert await status(clinic, successor["key"], practice) == 200


async def test_without_overlap_the_former_key_ends_at_once(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    former = await made_key(clinic, operator, practice)
    async with clinic.client(str(former["key"])) as client:
        assert (await client.post("/v1/keys/self/rotate", json={"overlap_hours": 0})).status_code == 201
    assert await status(clinic, former["key"], practice) == 401


async def test_nobody_grants_what_they_do_not_hold(clinic: Front, operator: str) -> None:
    mine, other = await new_practice(clinic, operator), await new_practice(clinic, operator)
    maker = str((await made_key(clinic, operator, mine, scopes=["keys:write", "agenda:read"]))["key"])
    assert (await made_key(clinic, maker, mine, scopes=["agenda:read"]))["scopes"] == ["agenda:read"]
    async with clinic.client(maker) as client:
        for scopes in (["agenda:write"], ["admin"]):
            answer = await client.post("/v1/keys", json={"practices": [str(mine)], "scopes": scopes})
            problem(answer, 403, "scope-missing")
        answer = await client.post("/v1/keys", json={"practices": [str(other)], "scopes": ["agenda:read"]})
        problem(answer, 404, "not-found")
        problem(await client.post("/v1/keys", json={"scopes": ["agenda:read"]}), 403, "scope-missing")


@pytest.mark.parametrize(
    ("stronger", "code", "reason"),
    [
        ({"scopes": ["keys:write", "sms:write"]}, "scope-missing", "sms:write"),
        ({"scopes": ["keys:write"], "requests_per_minute": 601}, "beyond-own-limit", "600"),
        ({"scopes": ["keys:write"]}, "beyond-own-limit", "600"),  # the gateway's usual limit is higher
    ],
)
async def test_a_key_neither_makes_nor_revokes_one_that_may_more_than_itself(
    clinic: Front, operator: str, stronger: dict[str, object], code: str, reason: str
) -> None:
    practice = await new_practice(clinic, operator)
    own = {"scopes": ["keys:write", "practice:read"], "requests_per_minute": 600}
    maker = str((await made_key(clinic, operator, practice, **own))["key"])
    theirs = await made_key(clinic, operator, practice, **stronger)
    async with clinic.client(maker) as client:
        answer = await client.post("/v1/keys", json={"practices": [str(practice)], **stronger})
        told = problem(answer, 403, code)
        field = "/scopes" if code == "scope-missing" else "/requests_per_minute"
        assert [error["pointer"] for error in told["errors"]] == [field]  # type: ignore[attr-defined]
        assert reason in str(told["detail"])
        problem(await client.delete(f"/v1/keys/{theirs['id']}"), 403, code)
    async with clinic.client(str(theirs["key"])) as client:
        assert (await client.get("/v1/keys/self")).json()["revoked_at"] is None


async def test_a_key_makes_and_revokes_what_lies_within_itself(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    own = {"scopes": ["keys:write", "agenda:read"], "requests_per_minute": 600}
    maker = str((await made_key(clinic, operator, practice, **own))["key"])
    equal = await made_key(clinic, maker, practice, **own)
    async with clinic.client(maker) as client:
        assert (await client.delete(f"/v1/keys/{equal['id']}")).status_code == 204
        own_id = (await client.get("/v1/keys/self")).json()["id"]
        assert (await client.delete(f"/v1/keys/{own_id}")).status_code == 204
        problem(await client.get("/v1/keys/self"), 401, "unauthenticated")


async def test_a_key_that_expires_makes_and_revokes_none_that_outlives_it(
    clinic: Front, operator: str
) -> None:
    practice, ends = await new_practice(clinic, operator), system_now() + timedelta(hours=1)
    grants = {"practices": [str(practice)], "scopes": ["keys:write"]}
    brief = await made_key(clinic, operator, practice, scopes=["keys:write"], expires_at=ends.isoformat())
    lasting = await made_key(clinic, operator, practice, scopes=["keys:write"])
    async with clinic.client(str(brief["key"])) as client:
        for later in (None, (ends + timedelta(seconds=1)).isoformat()):
            answer = await client.post("/v1/keys", json=grants | {"expires_at": later})
            told = problem(answer, 403, "beyond-own-lifetime")
            assert _instant(str(told["latest"])) == ends
            assert [error["pointer"] for error in told["errors"]] == ["/expires_at"]  # type: ignore[attr-defined]
        problem(await client.delete(f"/v1/keys/{lasting['id']}"), 403, "beyond-own-lifetime")
        successor = (await client.post("/v1/keys/self/rotate", json={"overlap_hours": 0.5})).json()
        assert _instant(successor["expires_at"]) == ends
    equal = await made_key(
        clinic, successor["key"], practice, scopes=["keys:write"], expires_at=ends.isoformat()
    )
    assert _instant(str(equal["expires_at"])) == ends


async def test_an_operators_key_that_expires_makes_none_that_outlives_it(
    clinic: Front, operator: str
) -> None:
    soon = (system_now() + timedelta(hours=1)).isoformat()
    async with clinic.client(operator) as client:
        brief = (await client.post("/v1/keys", json={"scopes": ["admin"], "expires_at": soon})).json()["key"]
    async with clinic.client(brief) as client:
        problem(await client.post("/v1/keys", json={"scopes": ["admin"]}), 403, "beyond-own-lifetime")
        again = await client.post("/v1/keys", json={"scopes": ["admin"], "expires_at": soon})
    assert again.status_code == 201


async def test_a_key_is_not_made_expired(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    past = (system_now() - timedelta(minutes=1)).isoformat()
    body = {"practices": [str(practice)], "scopes": ["agenda:read"], "expires_at": past}
    async with clinic.client(operator) as client:
        told = problem(await client.post("/v1/keys", json=body), 422, "invalid-request")
    assert told["errors"] == [{"pointer": "/expires_at", "detail": "lies in the past"}]


async def test_keys_are_seen_and_revoked_only_within_their_practices(clinic: Front, operator: str) -> None:
    mine, other = await new_practice(clinic, operator), await new_practice(clinic, operator)
    manager = await made_key(clinic, operator, mine)
    theirs = await made_key(clinic, operator, other)
    async with clinic.client(str(manager["key"])) as client:
        listed = (await client.get("/v1/keys")).json()["items"]
        assert [key["id"] for key in listed] == [manager["id"]]
        problem(await client.delete(f"/v1/keys/{theirs['id']}"), 404, "not-found")
    assert await status(clinic, theirs["key"], other) == 200
    async with clinic.client(operator) as client:
        seen = [key["id"] async for key in _pages(client)]
    assert {manager["id"], theirs["id"]} <= set(seen)
    assert len(seen) == len(set(seen))


async def _pages(client: httpx.AsyncClient) -> AsyncIterator[dict[str, object]]:
    cursor: str | None = ""
    while cursor is not None:
        page = (
            await client.get("/v1/keys", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        for key in page["items"]:
            yield key
        cursor = page["next"]


async def test_a_key_is_made_for_a_practice_that_exists_in_its_data_space(
    clinic: Front, operator: str
) -> None:
    live, test = await new_practice(clinic, operator), await new_practice(clinic, operator, test=True)
    async with clinic.client(operator) as client:
        answer = await client.post("/v1/keys", json={"practices": [str(uuid7())], "scopes": ["agenda:read"]})
        problem(answer, 404, "not-found")
        for practice, is_test in ((live, True), (test, False)):
            body = {"practices": [str(practice)], "scopes": ["agenda:read"], "test": is_test}
            told = problem(await client.post("/v1/keys", json=body), 422, "invalid-request")
            assert told["errors"][0]["pointer"] == "/practices/0"  # type: ignore[index]
    created = await made_key(clinic, operator, test, test=True)
    assert str(created["key"]).startswith("vag_test_")
    assert await status(clinic, created["key"], test) == 200
    assert await status(clinic, created["key"], live) == 404


async def test_a_wrong_order_names_each_wrong_field(clinic: Front, operator: str) -> None:
    async with clinic.client(operator) as client:
        body = {"scopes": ["agenda:fly"], "colour": "red", "requests_per_minute": 0}
        told = problem(await client.post("/v1/keys", json=body), 422, "invalid-request")
    pointers = {error["pointer"] for error in told["errors"]}  # type: ignore[attr-defined]
    assert pointers == {"/scopes/0", "/colour", "/requests_per_minute"}


async def test_the_last_use_of_a_key_is_known_within_seconds(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    created = await made_key(clinic, operator, practice)
    assert await status(clinic, created["key"], practice) == 200

    async def last_used() -> str | None:
        async with clinic.client(str(created["key"])) as client:
            own: str | None = (await client.get("/v1/keys/self")).json()["last_used_at"]
        return own

    assert system_now() - _instant(await eventually(last_used)) < timedelta(seconds=30)


async def test_a_repeated_order_makes_one_key_and_keeps_it_secret(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    body = {"practices": [str(practice)], "scopes": ["agenda:read"]}
    async with clinic.client(operator) as client:
        answers = [
            await client.post("/v1/keys", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)
        ]
    assert answers[0].json() == answers[1].json()
    async with clinic.database.jobs_reading() as session:
        kept = (await session.execute(text("SELECT body FROM idempotency"))).scalars()
        assert not [row for row in kept if answers[0].json()["key"].encode() in row]


def _instant(text_form: str) -> datetime:
    return datetime.fromisoformat(text_form)
