"""A service that restarts, resets, hangs or is gone: what the client sees, and how often the service was
called.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from gateway.conftest import Front, front
from gateway.loopback import free_listener, served
from gateway.test_forwarding import problem

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def listening(peer: Peer, port: int) -> asyncio.Server:
    return await asyncio.start_server(peer, "127.0.0.1", port)


@pytest.fixture
def address() -> tuple[str, int]:
    """An address where nobody answers yet."""
    listener = free_listener()
    port = listener.getsockname()[1]
    listener.close()
    return f"http://127.0.0.1:{port}", port


async def test_a_service_that_is_gone_is_a_503(
    tmp_path: Path, practice: UUID, address: tuple[str, int]
) -> None:
    async with (
        front(tmp_path, urls={"behind": address[0]}) as gateway,
        gateway.client(await gateway.key(practice)) as client,
    ):
        answer = await client.get(f"/v1/practices/{practice}/mirror")
    problem(answer, 503, "service-unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert "127.0.0.1" not in answer.text


async def test_a_post_waits_for_a_service_that_is_being_restarted(
    tmp_path: Path, practice: UUID, address: tuple[str, int]
) -> None:
    async with (
        front(tmp_path, urls={"behind": address[0]}) as gateway,
        gateway.client(await gateway.key(practice)) as client,
    ):
        post = asyncio.create_task(client.post(f"/v1/practices/{practice}/mirror", content="once"))
        await asyncio.sleep(0)
        async with served(gateway.behind.app, address[1]):
            assert (await post).json()["body"] == "once"
    assert gateway.behind.calls["mirror"] == 1


async def resets(
    gateway: Front, key: str, port: int, method: str, headers: dict[str, str], path: str
) -> tuple[int, int]:
    """(status, calls seen) when the service takes the request and breaks the connection, twice."""
    calls = 0

    async def take_and_break(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        await reader.readuntil(b"\r\n\r\n")
        calls += 1
        if calls > 2:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            await writer.drain()
        else:
            writer.transport.abort()
        writer.close()

    server = await listening(take_and_break, port)
    async with gateway.client(key) as client:
        answer = await client.request(
            method, path, headers=headers, content=b"body" if method != "GET" else None
        )
    server.close()
    await server.wait_closed()
    return answer.status_code, calls


@pytest.mark.parametrize(
    ("method", "rest", "headers", "status", "calls"),
    [
        ("GET", "mirror", {}, 200, 3),
        ("PUT", "mirror/x", {}, 200, 3),
        ("POST", "mirror", {"Idempotency-Key": "k1"}, 200, 3),
        ("POST", "mirror", {}, 503, 1),
    ],
)
async def test_what_may_have_had_an_effect_is_not_done_twice(
    tmp_path: Path,
    practice: UUID,
    address: tuple[str, int],
    method: str,
    rest: str,
    headers: dict[str, str],
    status: int,
    calls: int,
) -> None:
    async with front(tmp_path, urls={"behind": address[0]}) as gateway:
        key = await gateway.key(practice)
        path = f"/v1/practices/{practice}/{rest}"
        assert await resets(gateway, key, address[1], method, headers, path) == (status, calls)


async def test_a_service_that_does_not_answer_is_a_504_and_asked_once(
    tmp_path: Path, practice: UUID, address: tuple[str, int]
) -> None:
    calls = 0

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await reader.read()
        writer.close()

    server = await listening(hang, address[1])
    async with (
        front(tmp_path, urls={"behind": address[0]}, answer_timeout_seconds=0.2) as gateway,
        gateway.client(await gateway.key(practice)) as client,
    ):
        answer = await client.get(f"/v1/practices/{practice}/mirror")
    server.close()
    await server.wait_closed()
    problem(answer, 504, "service-timeout")
    assert calls == 1
