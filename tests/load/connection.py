"""A lean HTTP/1.1 client for load: it must cost less than what it measures."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from load.figures import Run

WARM_UP_SECONDS = 0.5


class UnexpectedAnswer(RuntimeError):
    """The server answered with something else than the benchmark is about."""


class Connection(asyncio.Protocol):
    """One request at a time over one kept connection; answers need a Content-Length."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answered: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def to(cls, url: str) -> "Connection":
        split = urlsplit(url)
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(cls, split.hostname or "", split.port or 80)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        if len(body) >= _content_length(head) and self._answered is not None:
            self._buffer = b""
            self._answered.set_result((int(head[9:12]), body))

    async def exchange(self, request: bytes) -> tuple[int, bytes]:
        """Status and body, whatever they are."""
        assert self._transport is not None
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered

    async def ask(self, request: bytes, expected_status: int = 200) -> bytes:
        status, body = await self.exchange(request)
        if status != expected_status:
            raise UnexpectedAnswer(f"{status}: {body[:300].decode()}")
        return body

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _content_length(head: bytes) -> int:
    for header in head.split(b"\r\n"):
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise UnexpectedAnswer(f"no Content-Length: {head.decode()}")


def request(
    method: str, url: str, token: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """The bytes of one request."""
    split = urlsplit(url)
    path = split.path + (f"?{split.query}" if split.query else "")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {split.netloc}", f"Authorization: Bearer {token}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def repeat(url: str, asked: bytes, connections: int, seconds: float) -> Run:
    """The same request over and over on each connection, after a warm-up."""
    await _hammer(url, lambda: _endless(asked), connections, WARM_UP_SECONDS)
    return await _hammer(url, lambda: _endless(asked), connections, seconds)


async def once_each(
    url: str, requests: Iterator[bytes], connections: int, seconds: float, expected_status: int
) -> Run:
    """Different requests, each made once by whichever connection is free."""
    return await _hammer(url, lambda: requests, connections, seconds, expected_status)


def _endless(asked: bytes) -> Iterator[bytes]:
    while True:
        yield asked


async def _hammer(
    url: str,
    requests_of: Callable[[], Iterator[bytes]],
    connections: int,
    seconds: float,
    expected_status: int = 200,
) -> Run:
    started = time.perf_counter()
    deadline = started + seconds
    latencies: list[float] = []

    async def client() -> None:
        connection = await Connection.to(url)
        for asked in requests_of():
            begun = time.perf_counter()
            if begun > deadline:
                break
            await connection.ask(asked, expected_status)
            latencies.append(time.perf_counter() - begun)
        connection.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return Run(time.perf_counter() - started, latencies)
