"""Identity: only a current token of the platform, for this service, is believed."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import jwt
import pytest
from harness import House

from vetagenda_contracts.events import Actor
from vetagenda_kit.caller import Tokens
from vetagenda_kit.keys import KeyRing
from vetagenda_kit.problems import Unauthenticated

ACTOR = Actor(kind="api_key", id="k")


def _ring(tmp_path: Path) -> KeyRing:
    return KeyRing.load_or_create(tmp_path / "keys.json")


def test_a_token_carries_the_caller(tmp_path: Path) -> None:
    ring, practice = _ring(tmp_path), uuid4()
    token = Tokens("gateway", ring).mint("agenda", actor=ACTOR, practices=[practice], scopes=["agenda:read"])
    caller = Tokens("agenda", ring).verify(token)
    assert (caller.issuer, caller.actor, caller.scopes) == ("gateway", ACTOR, frozenset({"agenda:read"}))
    assert caller.sees(practice)
    assert not caller.sees(uuid4())
    assert not caller.may("agenda:write")


def test_tokens_for_others_old_ones_and_forged_ones_are_refused(tmp_path: Path) -> None:
    ring = _ring(tmp_path)
    agenda, gateway = Tokens("agenda", ring), Tokens("gateway", ring)
    forged = jwt.encode({"iss": "gateway", "aud": "agenda", "exp": 9e9}, "x" * 32, headers={"kid": "x"})
    unsigned = jwt.encode({"iss": "gateway", "aud": "agenda"}, "", algorithm="none", headers={"kid": "x"})
    for token in (
        gateway.mint("booking", actor=ACTOR, practices=None),
        gateway.mint("agenda", actor=ACTOR, practices=None, life=timedelta(seconds=-1)),
        forged,
        unsigned,
        "garbage",
    ):
        with pytest.raises(Unauthenticated):
            agenda.verify(token)


def test_keys_rotate_with_an_overlap(tmp_path: Path) -> None:
    old = _ring(tmp_path)
    token = Tokens("gateway", old).mint("agenda", actor=ACTOR, practices=None)
    sealed = old.cipher().encrypt(b"secret")
    new = old.rotated()
    assert Tokens("agenda", new).verify(token).actor == ACTOR
    assert new.cipher().decrypt(sealed) == b"secret"
    with pytest.raises(Unauthenticated):
        Tokens("agenda", new.rotated()).verify(token)
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


async def test_no_header_replaces_a_token(house: House) -> None:
    practice_id = await house.practice()
    forged = {"X-Practice-Id": str(practice_id), "X-Actor": "admin", "X-Scopes": "admin"}
    transport = house.transports["agenda"]
    async with httpx.AsyncClient(transport=transport, base_url="http://platform", headers=forged) as client:
        answer = await client.get(f"/v1/practices/{practice_id}")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_scopes_and_internal_routes(house: House) -> None:
    practice_id = await house.practice()
    async with house.client("agenda", practice_id, scopes=["agenda:read"]) as reader:
        assert (await reader.get(f"/v1/practices/{practice_id}/calendars")).status_code == 200
        refused = await reader.post(f"/v1/practices/{practice_id}/calendars", json={"name": "x"})
        assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
        assert refused.json()["scope"] == "agenda:write"
        assert (await reader.get(f"/internal/practices/{practice_id}")).status_code == 404
    async with house.internal("agenda", practice_id) as service:
        assert (await service.get(f"/internal/practices/{practice_id}")).status_code == 200
