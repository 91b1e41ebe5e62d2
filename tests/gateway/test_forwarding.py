"""What passes the door, and what does not (PART-6, PART-10)."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import jwt
import pytest
from gateway.conftest import Front, front
from harness import eventually

from vetagenda_kit.ids import uuid7
from vetagenda_kit.keys import KeyRing


def problem(response: httpx.Response, status: int, code: str) -> dict[str, object]:
    """The answer is this problem document, complete and with the id that its header names."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, object] = response.json()
    assert document["code"] == code
    assert document["type"] == f"/docs/problems#{code}"
    assert document["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return document


async def test_a_request_reaches_its_service_as_it_was_sent(gateway: Front, practice: UUID) -> None:
    async with gateway.client(await gateway.key(practice)) as client:
        path = f"/v1/practices/{practice}/mirror"
        answer = await client.post(path + "?q=M%C3%BCller&x=1&x=2", content="é", headers={"Accept": "text/x"})
    seen = answer.json()
    assert (seen["method"], seen["path"], seen["query"]) == ("POST", path, "q=M%C3%BCller&x=1&x=2")
    assert seen["body"].encode("latin-1").decode() == "é"
    assert dict(seen["headers"])["accept"] == "text/x"


async def test_a_request_gets_no_headers_that_its_client_did_not_send(gateway: Front, practice: UUID) -> None:
    path, host = f"/v1/practices/{practice}/mirror", gateway.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {await gateway.key(practice)}\r\n"
    writer.write(f"{head}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
    seen = json.loads((await reader.read()).partition(b"\r\n\r\n")[2])
    writer.close()
    assert sorted(name for name, _ in seen["headers"]) == [
        "authorization",
        "content-length",
        "host",
        "x-request-id",
    ]
    assert seen["body"] == "{}"


async def test_a_service_learns_who_calls_only_from_the_signed_identity(
    gateway: Front, practice: UUID
) -> None:
    key = await gateway.key(practice, uuid7(), scopes=["agenda:read", "sms:write"])
    forged = {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-User": "operator",
        "X-Real-IP": "10.0.0.1",
        "Forwarded": "for=10.0.0.1",
        "X-Request-Id": "chosen-by-the-client",
        "Connection": "X-Secret-Hop",
        "X-Secret-Hop": "1",
        "TE": "trailers",
        "Keep-Alive": "300",
        "Proxy-Authorization": "Basic b3BlcmF0b3I6eA==",
    }
    async with gateway.client(key) as client:
        answer = await client.get(f"/v1/practices/{practice}/mirror", headers=forged)
    headers = dict(answer.json()["headers"])
    assert not {name.lower() for name in forged}.intersection(headers) - {"x-request-id"}
    assert headers["x-request-id"] == answer.headers["x-request-id"] != "chosen-by-the-client"
    assert key not in json.dumps(headers)
    ring = KeyRing.load(gateway.settings.keys_file)
    token = headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, ring.signing[0].secret, algorithms=["HS256"], audience="behind")
    assert claims["practices"] == [str(practice)]  # of the key's two, the one that the request is about
    assert claims["scopes"] == ["agenda:read", "sms:write"]
    assert claims["exp"] - claims["iat"] <= 60
    assert claims["test"] is False


async def test_a_client_cannot_bring_an_identity_of_its_own(gateway: Front, practice: UUID) -> None:
    ring = KeyRing.load(gateway.settings.keys_file)
    minted = jwt.encode({"iss": "gateway", "aud": "behind", "scopes": ["admin"]}, ring.signing[0].secret)
    async with gateway.client(minted) as client:
        answer = await client.get(f"/v1/practices/{practice}/mirror")
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Basic eDp5", "Bearer vag_live_x", "Bearer " + "vag_live_" + "0" * 38]
)
async def test_no_key_no_entry(gateway: Front, practice: UUID, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    before = dict(gateway.behind.calls)
    async with gateway.client() as client:
        answer = await client.get(f"/v1/practices/{practice}/mirror", headers=headers)
    problem(answer, 401, "unauthenticated")
    assert gateway.behind.calls == before, "the service was asked"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/practices/{other}/mirror",
        "/v1/practices/no-id/mirror",
        "/v1/practices/{own}/unknown",
        "/v1/practices/{own}/mirror/",
        "/v1/practices/{own}%2Fmirror",
        "/v1/practices/{own}/../{other}/mirror",
        "/v1/practices/{own}/%2e%2e/{other}/mirror",
        "/v1//practices/{own}/mirror",
        "/internal/secret",
        "/v1/../internal/secret",
        "/openapi.json",
        "//",
        "/docs/../internal/secret",
    ],
)
async def test_what_is_not_there_for_this_key_is_not_found(gateway: Front, practice: UUID, path: str) -> None:
    key = await gateway.key(practice)
    target = path.format(own=practice, other=uuid7())
    host = gateway.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    request = (
        f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n"
    )
    writer.write(request.encode())
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith("HTTP/1.1 404 "), answer
    assert json.loads(answer.partition("\r\n\r\n")[2])["code"] == "not-found"


async def test_a_wrong_method_is_told_the_right_ones(gateway: Front, practice: UUID) -> None:
    async with gateway.client(await gateway.key(practice)) as client:
        answer = await client.delete(f"/v1/practices/{practice}/mirror")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("{practice}/mirror?q=1", 200),
        ("{practice}/own-headers", 304),
        ("{practice}/unknown", 404),
        ("{practice}/large", 405),
        ("{practice}/events", 200),
        ("/livez", 200),
        ("/v1/openapi.json", 200),
    ],
)
async def test_head_answers_as_get_without_the_content(
    gateway: Front, practice: UUID, path: str, status: int
) -> None:
    target = path.format(practice=f"/v1/practices/{practice}")
    async with gateway.client(await gateway.key(practice)) as client:
        got, head = await client.get(target), await client.head(target)
        assert (await client.get("/livez")).status_code == 200  # nothing was left over
    assert (head.status_code, head.content) == (status, b"")
    for name in ("content-type", "etag", "cache-control", "allow", "ratelimit-policy"):
        assert head.headers.get(name) == got.headers.get(name)
    if status == 200:
        assert int(head.headers["content-length"]) > 0


@pytest.mark.parametrize("endless", ["trickle", "events/stream"])
async def test_head_of_an_endless_answer_ends_at_once_and_its_service_is_told(
    gateway: Front, practice: UUID, endless: str
) -> None:
    gateway.behind.released.clear()
    gateway.behind.client_left.clear()
    async with gateway.client(await gateway.key(practice)) as client:
        answer = await client.head(f"/v1/practices/{practice}/{endless}")
        assert (answer.status_code, answer.content) == (200, b"")

    async def nobody_waits() -> bool:
        if endless == "trickle":
            return gateway.behind.client_left.is_set()
        return not gateway.waiting.is_waited_for(str(practice))

    assert await eventually(nobody_waits, seconds=5)


async def test_a_public_operation_needs_no_key_and_passes_none_on(gateway: Front) -> None:
    async with gateway.client("vag_live_whatever") as client:
        answer = await client.get("/v1/open/abc123.ics")
        assert answer.json() == {"secret": "abc123", "authorization": None}
        problem(await client.get("/v1/open/.ics"), 404, "not-found")


async def test_a_body_may_be_as_long_as_its_operation_says(gateway: Front, practice: UUID) -> None:
    async def pieces(count: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield b"x" * 100_000

    async with gateway.client(await gateway.key(practice)) as client:
        path = f"/v1/practices/{practice}"
        assert (await client.post(path + "/large", content=b"x" * 3_000_000)).json() == {"bytes": 3_000_000}
        assert (await client.post(path + "/large", content=pieces(40))).json() == {"bytes": 4_000_000}
        told = problem(await client.post(path + "/mirror", content=b"x" * 1_000_001), 413, "too-large")
        assert told["limit_bytes"] == 1_000_000
        problem(await client.post(path + "/mirror", content=pieces(11)), 413, "too-large")
        problem(await client.post(path + "/large", content=pieces(51)), 413, "too-large")


async def test_an_answer_is_passed_on_while_it_is_made(gateway: Front, practice: UUID) -> None:
    gateway.behind.released.clear()
    async with (
        gateway.client(await gateway.key(practice)) as client,
        client.stream("GET", f"/v1/practices/{practice}/trickle") as answer,
    ):
        chunks = answer.aiter_raw()
        assert await anext(chunks) == b"first "
        gateway.behind.released.set()
        assert await anext(chunks) == b"second"


async def test_a_client_that_leaves_is_told_to_the_service(gateway: Front, practice: UUID) -> None:
    gateway.behind.released.clear()
    gateway.behind.client_left.clear()
    async with (
        gateway.client(await gateway.key(practice)) as client,
        client.stream("GET", f"/v1/practices/{practice}/trickle") as answer,
    ):
        assert await anext(answer.aiter_raw()) == b"first "
        assert not gateway.behind.client_left.is_set()

    async def is_told() -> bool:
        return gateway.behind.client_left.is_set()

    assert await eventually(is_told, seconds=5)


async def test_only_behind_tls_browsers_are_told_to_insist_on_it(tmp_path: Path) -> None:
    async with front(tmp_path, tls=True) as secured, secured.client() as client:
        answer = await client.get("/livez")
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


async def test_the_answer_carries_the_gateways_own_headers(gateway: Front, practice: UUID) -> None:
    async with gateway.client(await gateway.key(practice)) as client:
        answer = await client.get(f"/v1/practices/{practice}/own-headers")
        mirrored = await client.get(f"/v1/practices/{practice}/mirror")
    assert answer.status_code == 304
    assert answer.headers["etag"] == '"7"'
    assert "server" not in answer.headers
    assert answer.headers["x-request-id"] != "forged"
    assert answer.headers["cache-control"] == "private"  # the service knows better than the default
    assert mirrored.headers["cache-control"] == "no-store"
    assert mirrored.headers["x-content-type-options"] == "nosniff"
    assert mirrored.headers["x-frame-options"] == "DENY"
    assert mirrored.headers["referrer-policy"] == "no-referrer"
    assert mirrored.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "strict-transport-security" not in mirrored.headers
    assert len(mirrored.headers.get_list("date")) == 1
    assert len(mirrored.headers.get_list("x-request-id")) == 1
