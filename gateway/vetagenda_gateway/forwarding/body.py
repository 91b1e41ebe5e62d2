"""The request's body on its way: kept when small, streamed when large, never longer than allowed."""

from collections.abc import AsyncIterator

from starlette.types import Receive

from vetagenda_kit.problems import TooLarge

KEPT_BYTES = 65_536


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


class RequestBody:
    """A body of at most `limit_bytes`. `kept` is the whole of it when it could be read in advance.

    A kept body can be sent again; a streamed one can be as long as nothing of it was taken.
    """

    def __init__(self, receive: Receive, limit_bytes: int) -> None:
        self._receive = receive
        self._limit_bytes = limit_bytes
        self._taken_bytes = 0
        self._started = False
        self.kept: bytes | None = None
        self.failure: Exception | None = None

    async def keep(self) -> None:
        self.kept = b"".join([chunk async for chunk in self._chunks()])

    @property
    def can_be_sent_again(self) -> bool:
        return self.kept is not None or not self._started

    def content(self) -> "bytes | AsyncIterator[bytes] | None":
        """What the HTTP client sends: nothing, the bytes, or the stream."""
        return self._stream() if self.kept is None else self.kept or None

    async def _stream(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._chunks():
                yield chunk
        except (TooLarge, ClientGone) as failure:
            self.failure = failure  # the HTTP client hides the reason of a broken body
            raise

    async def _chunks(self) -> AsyncIterator[bytes]:
        self._started = True
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            chunk, more = message.get("body", b""), message.get("more_body", False)
            self._taken_bytes += len(chunk)
            if self._taken_bytes > self._limit_bytes:
                raise too_large(self._limit_bytes)
            if chunk:
                yield chunk


async def accept(headers: dict[bytes, bytes], receive: Receive, limit_bytes: int) -> RequestBody:
    """The body announced by the headers. Raises TooLarge, ClientGone."""
    body = RequestBody(receive, limit_bytes)
    length = announced_bytes(headers)
    if length == 0:
        body.kept = b""  # most requests: nothing is waited for
    elif length is not None and length > limit_bytes:
        raise too_large(limit_bytes)
    elif length is not None and length <= KEPT_BYTES:
        await body.keep()
    return body


def announced_bytes(headers: dict[bytes, bytes]) -> int | None:
    """The body's length, 0 without one, None when it is only known at its end."""
    if b"transfer-encoding" in headers:
        return None
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else None


def too_large(limit_bytes: int) -> TooLarge:
    """The connection stays open: closing it on unread bytes would reset it before the answer is read."""
    return TooLarge(f"The body may have {limit_bytes} bytes.", limit_bytes=limit_bytes)
