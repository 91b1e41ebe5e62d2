"""What is refused before it is a request: a problem for the client, one JSON line for the operator."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from embedded.processes import until

from vetagenda_embedded.http_protocol import LONGEST_HEAD_BYTES, LONGEST_TARGET_BYTES
from vetagenda_embedded.parts import AppPart
from vetagenda_gateway.contracts.problem_texts import EXPLAINED

SECRET = "Frau-Geheimrat"
HOST = b"Host: localhost\r\n"
CHUNKED = b"POST /echo?q=Frau-Geheimrat HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tiny") / "tiny.log"


@pytest.fixture(scope="module")
async def serving(log: Path) -> AsyncIterator[AppPart]:
    part = AppPart("tiny", "embedded.tiny_app", log)
    part.settings = {"request_timeout_seconds": 0.4}
    await part.start()
    yield part
    await part.stop()
    part.close()


@pytest.fixture
def part(serving: AppPart, log: Path) -> AppPart:
    """With an empty log."""
    os.truncate(log, 0)
    return serving


async def said(part: AppPart, *pieces: bytes, pause_seconds: float = 0) -> bytes:
    """Everything that is answered to these bytes, until the connection is closed."""
    address = httpx.URL(part.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    async with asyncio.timeout(8):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_seconds)
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def problem(answer: bytes) -> dict[str, Any]:
    """The one answer, which is a whole problem document with the id of its header."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    document: dict[str, Any] = json.loads(body)
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    assert int(headers["content-length"]) == len(body)
    assert document["request_id"] == headers["x-request-id"]
    assert document["type"] == f"/docs/problems#{document['code']}"
    assert status.startswith(f"http/1.1 {document['status']} ")
    return document


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.mark.parametrize(
    ("pieces", "status", "code"),
    [
        ([b"GEHEIM Frau-Geheimrat\r\n\r\n"], 400, "malformed-request"),
        ([b"FROB /Frau-Geheimrat HTTP/1.1\r\n" + HOST + b"\r\n"], 400, "malformed-request"),
        ([b"GET /%s HTTP/1.1\r\n" % (b"x" * 70_000) + HOST + b"\r\n"], 414, "address-too-long"),
        ([b"GET /" + b"x" * LONGEST_TARGET_BYTES, b"x", b"x"], 414, "address-too-long"),
        ([b"GET / HTTP/1.1\r\nX: %s\r\n\r\n" % (b"x" * LONGEST_HEAD_BYTES)], 431, "headers-too-large"),
        ([b"GET / HTTP/1.1\r\nX: ", *[b"x" * 60_000] * 6], 431, "headers-too-large"),
        ([b"POST /echo HTTP/1.1\r\nContent-Length: Frau-Geheimrat\r\n\r\n"], 400, "malformed-request"),
        ([b"POST /echo HTTP/1.1\r\nContent-Length: -5\r\n\r\n"], 400, "malformed-request"),
        ([b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"], 400, "malformed-request"),
        ([CHUNKED, b"Frau-Geheimrat\r\n"], 400, "malformed-request"),
        ([b"GET / HTTP/1.1\r\n" + HOST + b"X: Frau\x00Geheimrat\r\n\r\n"], 400, "malformed-request"),
        ([b"GET /who HTTP/1.1\r\n\r\n"], 400, "malformed-request"),
        ([b"GET /who HTTP/1.1\r\n" + HOST + b"host: Frau-Geheimrat\r\n\r\n"], 400, "malformed-request"),
        ([b"GET / HTTP/1.1\r\n" + HOST + 2 * b"Authorization: x\r\n" + b"\r\n"], 400, "malformed-request"),
    ],
)  # fmt: skip
async def test_what_is_no_request_is_told_as_a_problem_and_logged_without_its_content(
    part: AppPart, log: Path, pieces: list[bytes], status: int, code: str
) -> None:
    told = problem(await said(part, *pieces, pause_seconds=0.02))
    assert (told["status"], told["code"]) == (status, code)
    logged = lines(log)
    assert [(line["event"], line["code"], line["status"]) for line in logged] == [("refused", code, status)]
    assert logged[0]["request_id"] == told["request_id"]
    assert logged[0]["service"] == "tiny"
    assert "Geheim" not in json.dumps(logged)
    assert code in EXPLAINED


@pytest.mark.parametrize(
    "pieces",
    [
        [b"GET /who HT"],
        [b"GET /who HTTP/1.1\r\n" + HOST + b"X-Slow: "],
        [b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\n"],
        [b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nhalf"],
        [CHUNKED, b"4\r\nhalf\r\n"],
    ],
)
async def test_a_request_that_does_not_come_to_its_end_is_not_waited_for(
    part: AppPart, log: Path, pieces: list[bytes]
) -> None:
    told = problem(await said(part, *pieces))
    assert (told["status"], told["code"]) == (408, "request-timeout")
    assert [line["code"] for line in lines(log)] == ["request-timeout"]


async def test_http_1_0_needs_no_host(part: AppPart) -> None:
    assert (await said(part, b"GET /who HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


async def test_a_slow_request_that_goes_on_is_waited_for(part: AppPart) -> None:
    head = b"POST /echo HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Length: 6\r\n\r\n"
    letters = [bytes([letter]) for letter in b"slowly"]
    answer = await said(part, head[:20], head[20:], *letters, pause_seconds=0.1)  # twice the patience in all
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"slowly")


async def test_a_connection_that_never_says_anything_is_closed(part: AppPart) -> None:
    assert await said(part) == b""


async def test_an_answer_that_takes_its_time_is_not_cut_off(part: AppPart) -> None:
    request = b"GET /slow HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    assert (await said(part, request)).endswith(b"at last")


async def test_noise_after_a_request_does_not_take_its_answer_away(part: AppPart) -> None:
    answer = await said(
        part, b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n", b"NOISE\r\n\r\n", pause_seconds=0.05
    )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"at last")
    assert answer.count(b"HTTP/1.1") == 1


async def test_an_upgrade_that_nobody_offers_is_answered_as_http(part: AppPart, log: Path) -> None:
    upgrade = b"Connection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"
    answer = await said(part, b"GET /who HTTP/1.1\r\n" + HOST + upgrade)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert lines(log) == []


async def test_what_the_server_itself_logs_is_json_without_the_message(part: AppPart, log: Path) -> None:
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{part.url}/break", params={"with": SECRET})).status_code == 500
    until("it is logged", lambda: log.stat().st_size > 0)
    (line,) = lines(log)
    assert (line["logger"], line["says"]) == ("uvicorn.error", "Exception in ASGI application")
    assert (line["level"], line["error"]) == ("error", "ValueError")
    assert SECRET not in json.dumps(line)
