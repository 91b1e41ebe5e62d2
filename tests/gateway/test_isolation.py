"""Tenant isolation, walked from the merged document (PART-6): a key of practice A and all ids of B.

Every route that names a practice, every id parameter and every id in a body is tried with what belongs
to B: nothing of B may be answered, and nothing of B may change.
"""

import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from gateway.body_of import id_fields, is_id
from gateway.conftest import Front, front
from gateway.populated import Populated, populate
from gateway.test_forwarding import problem
from gateway.walking import (
    OPEN,
    PRACTICE,
    SERVICES,
    app_of,
    body_schema,
    filled,
    operations,
    practice_of,
    query,
    send,
    walk,
)
from sqlalchemy import select, update

from vetagenda_contracts.events import Actor
from vetagenda_gateway.keys import commands
from vetagenda_gateway.keys import rules as rules_of_keys
from vetagenda_gateway.keys.bootstrap import create_admin_key
from vetagenda_gateway.keys.schemas import NewKey
from vetagenda_gateway.sessions import commands as sessions
from vetagenda_gateway.sessions import rules
from vetagenda_gateway.staff import commands as staff
from vetagenda_gateway.staff.rules import SCOPES_OF, Role
from vetagenda_gateway.staff.schemas import NewMember
from vetagenda_gateway.tables import staff_member, staff_session, staff_token
from vetagenda_kit.caller import SCOPES
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7

SECRET = "GEHEIM-B"
UNKNOWN = "01a207ca-6b81-7491-bbdf-3d959b53d534"
# Templates are the reminders'; the agenda does not ask for them, and theirs find no text with us (ADR 20).
KEPT_AS_GIVEN = {"confirmation_template_id", "reminder_template_id"}


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory, nats_url: str) -> AsyncIterator[Front]:
    folder = tmp_path_factory.mktemp("isolation")
    async with front(folder, *SERVICES, nats_url=nats_url, **OPEN) as running:
        yield running


@pytest.fixture(scope="module")
async def theirs(platform: Front) -> AsyncIterator[Populated]:
    practice = await practice_of(platform, f"{SECRET} practice")
    async with platform.client(await platform.key(practice)) as client, app_of(platform, practice) as app:
        yield await populate(client, practice, SECRET, app)


@pytest.fixture(scope="module")
async def ours(platform: Front) -> AsyncIterator[Populated]:
    practice = await practice_of(platform, "ours")
    async with platform.client(await platform.key(practice)) as client, app_of(platform, practice) as app:
        yield await populate(client, practice, "OURS-A", app)


OF_APPS = Path(__file__).parent / "partners" / "operations_of_apps.txt"
"""What a partner's app does in a practice."""
ACCESSES = "/access-log"
"""Every look is in it, with the ids that were tried."""
ERASURE = "/erasure"
"""There is none of who is still there."""
NOT_READ = ("/stream", "/explain", "/google/start", "/google/calendars", "/content", ERASURE, "/desk/slots")
"""The desk's slots begin now, at each look."""
_LOOKED_AT = re.compile(r'"checked_at":"[^"]*"')
"""When somebody looked, which every look changes."""


async def snapshot(there: Populated, document: dict[str, Any]) -> dict[str, str]:
    """All that the practice's own key can read of itself."""
    seen = {}

    async def read(path: str, operation: dict[str, Any]) -> None:
        required = query(operation, document, there)
        answer = await there.client.get(filled(path, there.practice, there.ids), params=required)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        seen[path] = _LOOKED_AT.sub("", answer.text)

    await walk(
        read(path, operation)
        for path, method, operation in operations(document)
        if method == "GET" and path.startswith(PRACTICE) and not path.endswith((*NOT_READ, ACCESSES))
    )
    return seen


async def test_the_practice_has_one_of_everything(platform: Front, theirs: Populated) -> None:
    """Otherwise the following tests would try less than there is."""
    seen = json.dumps(await snapshot(theirs, platform.document))
    assert seen.count(SECRET) > 20


async def test_another_practices_routes_are_not_there(
    platform: Front, ours: Populated, theirs: Populated
) -> None:
    async def knock(path: str, method: str) -> None:
        target = filled(path, theirs.practice, theirs.ids)
        answer = await send(ours, platform.document, path, method, target)
        problem(answer, 404, "not-found")

    before = await snapshot(theirs, platform.document)
    tried = await walk(
        knock(path, method) for path, method, _ in operations(platform.document) if "{practice_id}" in path
    )
    assert tried > 80
    assert await snapshot(theirs, platform.document) == before


async def test_another_practices_ids_are_not_there_in_ours(
    platform: Front, ours: Populated, theirs: Populated
) -> None:
    async def knock(path: str, method: str, operation: dict[str, Any]) -> None:
        target = filled(path, ours.practice, theirs.ids)
        answer = await send(ours, platform.document, path, method, target)
        assert SECRET not in answer.text, f"{method} {path}"
        if body_schema(operation) is None:
            problem(answer, 404, "not-found")
        assert answer.status_code in (404, 422), f"{method} {path}: {answer.status_code} {answer.text}"

    before = await snapshot(theirs, platform.document)
    tried = await walk(
        knock(path, method, operation)
        for path, method, operation in operations(platform.document)
        if path.startswith(PRACTICE) and path.count("{") > 1
    )
    assert tried > 30
    assert await snapshot(theirs, platform.document) == before


async def test_another_practices_ids_in_a_body_are_refused(
    platform: Front, ours: Populated, theirs: Populated
) -> None:
    """One id at a time is theirs, all else is ours."""

    async def name_theirs(path: str, method: str, name: str, *, is_list: bool) -> None:
        foreign = {name: [theirs.named(name)] if is_list else theirs.named(name)}
        target = filled(path, ours.practice, ours.ids)
        answer = await send(ours, platform.document, path, method, target, json=foreign)
        assert SECRET not in answer.text, f"{method} {path} {name}"
        told = f"{method} {path} {name}: {answer.status_code} {answer.text}"
        assert answer.status_code in (404, 409, 422), told

    before = await snapshot(theirs, platform.document)
    tried = await walk(
        name_theirs(path, method, name, is_list=is_list)
        for path, method, operation in operations(platform.document)
        if path.startswith(PRACTICE) and (schema := body_schema(operation)) is not None
        for name, is_list in id_fields(schema, platform.document)
        if name not in KEPT_AS_GIVEN
    )
    assert tried > 15
    assert await snapshot(theirs, platform.document) == before


async def test_another_practices_ids_in_a_query_find_nothing(
    platform: Front, ours: Populated, theirs: Populated
) -> None:
    inside = [each for each in operations(platform.document) if each[0].startswith(PRACTICE)]
    for path, method, operation in inside:
        for each in operation.get("parameters", ()):
            if each["in"] == "query" and is_id(each["schema"]) and not path.endswith(ACCESSES):
                target = filled(path, ours.practice, ours.ids)
                foreign = {each["name"]: theirs.named(each["name"])}
                answer = await send(ours, platform.document, path, method, target, params=foreign)
                assert SECRET not in answer.text
                found = answer.json().get("items", []) if answer.status_code == 200 else []
                assert answer.status_code in (200, 404, 409, 422)
                assert not found, f"{method} {path} {each['name']}"


async def test_what_we_read_of_ourselves_holds_nothing_of_theirs(
    platform: Front, ours: Populated, theirs: Populated
) -> None:
    seen = json.dumps(await snapshot(ours, platform.document))
    assert SECRET not in seen
    assert str(theirs.practice) not in seen
    assert not [name for name, identifier in theirs.ids.items() if identifier in seen]


async def dead_key(platform: Front, there: Populated, kind: str) -> str | None:
    if kind == "none":
        return None
    past = system_now() - timedelta(minutes=1)
    order = NewKey(
        practices=(there.practice,),
        scopes=sorted(SCOPES - {"admin"}),
        expires_at=past if kind == "expired" else None,
    )
    async with platform.database.jobs_writing() as session:
        key, secret = await commands.create(session, order, Actor(kind="service", id="tests"))
        if kind == "revoked":
            await commands.revoke(session, key.id, Actor(kind="service", id="tests"))
    return "vag_live_" + "x" * (len(secret) - 9) if kind == "made up" else secret


@pytest.mark.parametrize("kind", ["none", "made up", "expired", "revoked"])
async def test_every_route_asks_for_a_living_key(platform: Front, ours: Populated, kind: str) -> None:
    async with platform.client(await dead_key(platform, ours, kind)) as client:

        async def knock(path: str, method: str) -> None:
            answer = await client.request(
                method, filled(path, ours.practice, defaultdict(lambda: UNKNOWN, ours.ids))
            )
            problem(answer, 401, "unauthenticated")

        tried = await walk(knock(path, method) for path, method, _ in operations(platform.document))
    assert tried > 100


async def session_of(platform: Front, *practices: UUID, role: Role) -> tuple[UUID, str]:
    """(account, access token) of somebody new who has just signed in."""
    order = NewMember(email=f"{uuid7()}@example.org", name="somebody", role=role)
    actor = Actor(kind="service", id="tests")
    for practice in practices:
        async with platform.database.writing([practice]) as session:
            member = await staff.add(session, practice, order, actor)
    async with platform.database.jobs_writing() as session:
        begun = await sessions.begin(session, member.account_id, system_now(), by_link=True)
    return member.account_id, begun.access


async def dead_session(platform: Front, there: Populated, kind: str) -> str:
    account, access = await session_of(platform, there.practice, role=Role.PRACTICE_ACCOUNT)
    mine = staff_session.c.account_id == account
    past = system_now() - timedelta(minutes=1)
    async with platform.database.jobs_writing() as session:
        if kind == "expired":
            query = select(staff_session.c.id).where(mine)
            tokens = update(staff_token).where(staff_token.c.session_id.in_(query))
            await session.execute(tokens.values(expires_at=past))
        elif kind == "too old":
            await session.execute(update(staff_session).where(mine).values(expires_at=past))
        elif kind == "ended":
            own = (await session.scalars(select(staff_session.c.id).where(mine))).one()
            await sessions.end(session, own, past)
        elif kind == "disabled":
            disabled = update(staff_member).where(staff_member.c.account_id == account)
            await session.execute(disabled.values(enabled=False))
    return rules.generate(rules.ACCESS).secret if kind == "made up" else access


@pytest.mark.parametrize("kind", ["made up", "expired", "too old", "ended", "disabled"])
async def test_no_route_lets_a_dead_session_in(platform: Front, ours: Populated, kind: str) -> None:
    async with platform.client(await dead_session(platform, ours, kind)) as client:

        async def knock(path: str, method: str) -> None:
            target = filled(path, ours.practice, defaultdict(lambda: UNKNOWN, ours.ids))
            problem(await client.request(method, target), 401, "unauthenticated")

        tried = await walk(knock(path, method) for path, method, _ in operations(platform.document))
    assert tried > 100


async def test_a_session_does_not_reach_another_practice(
    platform: Front, ours: Populated, theirs: Populated
) -> None:
    _, access = await session_of(platform, ours.practice, role=Role.PRACTICE_ACCOUNT)
    async with platform.client(access) as client:
        intruder = Populated(ours.practice, client, "", ours.ids)

        async def knock(path: str, method: str) -> None:
            target = filled(path, theirs.practice, theirs.ids)
            answer = await send(intruder, platform.document, path, method, target)
            problem(answer, 404, "not-found")

        tried = await walk(
            knock(path, method)
            for path, method, _ in operations(platform.document)
            if "{practice_id}" in path
        )
    assert tried > 80


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_enters_where_its_scopes_do_and_nowhere_else(
    platform: Front, ours: Populated, role: Role
) -> None:
    """Of the routes that it may enter only the reading ones are tried: others would do what they do."""
    _, access = await session_of(platform, ours.practice, role=role)
    async with platform.client(access) as client:
        person = Populated(ours.practice, client, "", ours.ids)

        async def refused(path: str, method: str) -> None:
            target = filled(path, ours.practice, defaultdict(lambda: UNKNOWN, ours.ids))
            answer = await send(person, platform.document, path, method, target)
            assert answer.status_code == 403, f"{method} {path}: {answer.status_code} {answer.text}"
            assert answer.json()["code"] in ("scope-missing", "needs-a-key"), answer.text

        async def let_in(path: str) -> None:
            operation = platform.document["paths"][path]["get"]
            target = filled(path, ours.practice, ours.ids)
            answer = await client.get(target, params=query(operation, platform.document, ours))
            assert answer.status_code == 200, f"{path}: {answer.text}"

        closed = [
            (path, method)
            for path, method, operation in operations(platform.document)
            if not path.startswith("/v1/sessions") and not SCOPES_OF[role] & _needed(path, operation)
        ]
        assert await walk(refused(path, method) for path, method in closed)
        open_ = [
            path
            for path, method, operation in operations(platform.document)
            if method == "GET"
            and path.startswith(PRACTICE)
            and SCOPES_OF[role] & _needed(path, operation)
            and not path.endswith(NOT_READ)
        ]
        assert await walk(let_in(path) for path in open_) > 20


async def test_an_app_enters_where_it_has_a_part_and_only_while_it_is_let_in(
    platform: Front, ours: Populated
) -> None:
    """The app has every scope that an app may have; the practice has not activated its partner."""
    theirs = set(OF_APPS.read_text().split())
    known = {operation["operationId"] for _, _, operation in operations(platform.document)}
    assert theirs <= known
    async with app_of(platform, ours.practice) as app:
        stranger = Populated(ours.practice, app.client, "", ours.ids)

        async def refused(path: str, method: str, code: str) -> None:
            target = filled(path, ours.practice, defaultdict(lambda: UNKNOWN, ours.ids))
            answer = await send(stranger, platform.document, path, method, target)
            if answer.status_code == 422 and (path, method) == (f"{PRACTICE}/connections", "POST"):
                return  # what connects nobody is refused before anybody looks who asks
            problem(answer, 403, code)

        async def knock(path: str, method: str, operation: dict[str, Any]) -> None:
            if operation["operationId"] == "end_connection":  # an owner's wish counts at any time
                target = filled(path, ours.practice, ours.ids)
                problem(await app.client.delete(target), 404, "not-found")
            elif operation["operationId"] in theirs:
                await refused(path, method, "partner-not-activated")
            elif rules_of_keys.SCOPES_OF_APPS & _needed(path, operation):
                await refused(path, method, "not-for-apps")
            else:
                await refused(path, method, "scope-missing")

        assert await walk(knock(*each) for each in operations(platform.document) if PRACTICE in each[0]) > 80


def _needed(path: str, operation: dict[str, Any]) -> set[str]:
    """The scopes of which one is needed; a person has none outside practices."""
    if not path.startswith(PRACTICE):
        return {"admin"}
    return _named(operation)


def _named(operation: dict[str, Any]) -> set[str]:
    return {scope for each in operation.get("security", ()) for scope in each.get("key", ())}


async def test_every_scope_is_asked_for(platform: Front, ours: Populated) -> None:
    """A key without any fitting scope enters nowhere; only what concerns the key itself needs none."""
    keys = [await platform.key(ours.practice, scopes=[each]) for each in ("desk:read", "sms:read")]
    async with platform.client(keys[0]) as at_desk, platform.client(keys[1]) as at_sms:
        beggars = [Populated(ours.practice, client, "", ours.ids) for client in (at_desk, at_sms)]

        async def knock(path: str, method: str, operation: dict[str, Any]) -> None:
            target = filled(path, ours.practice, ours.ids) if "{practice_id}" in path else path
            target = target.replace("{key_id}", str(ours.practice))
            beggar = beggars["desk:read" in _named(operation)]
            answer = await send(beggar, platform.document, path, method, target)
            assert answer.status_code == 403, f"{method} {path}: {answer.status_code} {answer.text}"

        tried = await walk(
            knock(path, method, operation)
            for path, method, operation in operations(platform.document)
            if not path.startswith("/v1/keys/self") and (path, method) != ("/v1/sms/segments", "POST")
        )
    assert tried > 100


async def test_a_field_that_is_not_documented_is_refused_by_every_body(
    platform: Front, ours: Populated
) -> None:
    async with platform.client((await create_admin_key(platform.settings.database_url))[1]) as client:
        operator = Populated(ours.practice, client, "", ours.ids)

        async def add_one(path: str, method: str) -> None:
            target = filled(path, ours.practice, ours.ids) if "{practice_id}" in path else path
            wrong = {"not_documented": 1}
            answer = await send(operator, platform.document, path, method, target, json=wrong)
            told = problem(answer, 422, "invalid-request")
            pointers = [error["pointer"] for error in told["errors"]]  # type: ignore[attr-defined]
            assert "/not_documented" in pointers, f"{method} {path}: {told}"

        tried = await walk(
            add_one(path, method)
            for path, method, operation in operations(platform.document)
            if body_schema(operation) is not None and not path.startswith("/v1/sessions")  # for people
        )
    assert tried > 30
