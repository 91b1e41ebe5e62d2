"""PART-6: from where a key is used; and that nobody can say so by a header."""

from collections.abc import AsyncIterator
from ipaddress import ip_network
from uuid import UUID

import pytest
from gateway.conftest import Front, front
from gateway.test_keys import EVERYTHING, made_key, new_practice
from sqlalchemy import text

from vetagenda_contracts.events import Actor
from vetagenda_gateway.addresses import client_address, contained, is_within
from vetagenda_gateway.keys import commands
from vetagenda_gateway.keys.bootstrap import create_admin_key
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
HERE, ELSEWHERE = "127.0.0.0/8", "192.0.2.0/24"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["192.0.2.1"], "198.51.100.7"),  # no proxy of ours: anybody can type that
        ("10.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["203.0.113.9, 192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["203.0.113.9, 192.0.2.1, 10.0.0.2"], "192.0.2.1"),
        ("10.0.0.1", ["203.0.113.9", "192.0.2.1"], "192.0.2.1"),
        ("fd00::1", ["2001:db8::5"], "2001:db8::5"),
        ("::ffff:10.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["garbage"], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.1, garbage"], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("unknown", ["192.0.2.1"], "unknown"),
    ],
)
def test_only_our_own_proxies_are_believed(peer: str, forwarded: list[str], address: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == address


def test_without_proxies_the_header_says_nothing() -> None:
    assert client_address("10.0.0.1", ["192.0.2.1"], []) == "10.0.0.1"


@pytest.mark.parametrize(
    ("address", "is_in"),
    [("192.0.2.200", True), ("::ffff:192.0.2.200", True), ("192.0.3.1", False), ("::1", False), ("", False)],
)
def test_an_address_in_a_network(address: str, is_in: bool) -> None:
    assert is_within(address, [ip_network(ELSEWHERE)]) is is_in


@pytest.mark.parametrize(
    ("wanted", "is_in"),
    [("192.0.2.17/32", True), ("192.0.2.0/24", True), ("192.0.0.0/16", False), ("2001:db8::/32", False)],
)
def test_networks_within_networks(wanted: str, is_in: bool) -> None:
    assert contained([ip_network(wanted)], [ip_network(ELSEWHERE)]) is is_in


@pytest.fixture(scope="module")
async def clinic(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("addresses"), "agenda", trusted_proxies=[HERE]) as running:
        yield running


@pytest.fixture(scope="module")
async def operator(clinic: Front) -> str:
    _, key = await create_admin_key(clinic.settings.database_url)
    return key


async def asked(clinic: Front, key: object, practice: UUID, forwarded: str | None = None) -> tuple[int, str]:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    async with clinic.client(str(key)) as client:
        answer = await client.get(f"/v1/practices/{practice}", headers=headers)
    return answer.status_code, "" if answer.is_success else answer.json()["code"]


async def test_a_key_is_refused_from_elsewhere(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    created = await made_key(clinic, operator, practice, networks=["192.0.2.17", "2001:db8::/32"])
    assert created["networks"] == ["192.0.2.17/32", "2001:db8::/32"]
    key = created["key"]
    assert await asked(clinic, key, practice, "192.0.2.17") == (200, "")
    assert await asked(clinic, key, practice, "2001:db8::9") == (200, "")
    for forwarded in ("192.0.2.18", "192.0.2.17, 198.51.100.1", None):
        assert await asked(clinic, key, practice, forwarded) == (403, "address-not-allowed")
    async with clinic.client(str(key)) as client:
        moved = await client.post("/v1/keys/self/rotate", headers={"X-Forwarded-For": "192.0.2.17"})
    assert moved.json()["networks"] == created["networks"]


async def test_nobody_makes_a_key_for_use_from_more_places(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    maker = await made_key(clinic, operator, practice, networks=[HERE])
    order = {"practices": [str(practice)], "scopes": ["agenda:read"]}
    async with clinic.client(str(maker["key"])) as client:
        for networks in (None, [ELSEWHERE], [HERE, ELSEWHERE]):
            answer = await client.post("/v1/keys", json=order | {"networks": networks})
            assert (answer.status_code, answer.json()["code"]) == (403, "beyond-own-networks")
            assert answer.json()["errors"][0]["pointer"] == "/networks"
        assert (await client.post("/v1/keys", json=order | {"networks": ["127.0.0.1"]})).status_code == 201


async def test_what_is_no_network_is_told(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    order = {"practices": [str(practice)], "scopes": EVERYTHING}
    async with clinic.client(operator) as client:
        for networks in ([], ["here"], ["192.0.2.1/24"], ["192.0.2.0/33"]):
            answer = await client.post("/v1/keys", json=order | {"networks": networks})
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"].startswith("/networks")


async def test_a_key_that_expires_is_told_of_once(clinic: Front, operator: str) -> None:
    practice = await new_practice(clinic, operator)
    created = await made_key(clinic, operator, practice)
    async with clinic.database.jobs_writing() as session:
        over = text("UPDATE api_key SET expires_at = :now WHERE id = :id")
        await session.execute(over, {"now": system_now(), "id": created["id"]})

    for _ in range(2):
        async with clinic.database.jobs_writing() as session:
            await commands.tell_of_expired(session, Actor(kind="service", id="gateway"))
            await outbox.write_pending(session)
    async with clinic.database.jobs_reading() as session:
        query = text("SELECT type FROM outbox WHERE aggregate_id = :id ORDER BY id")
        told = list(await session.scalars(query, {"id": created["id"]}))
    assert told == ["gateway.key.created", "gateway.key.expired"]
