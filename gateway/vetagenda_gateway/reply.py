"""What every answer of this door carries, whoever gave it: a request id, security headers, the rate limit."""

import json
from collections.abc import Iterable
from uuid import UUID

from fastapi.encoders import jsonable_encoder
from starlette.types import Message, Send

from vetagenda_kit.concerned import HEADER, read
from vetagenda_kit.problems import MEDIA_TYPE, Problem

RawHeaders = list[tuple[bytes, bytes]]

# An answer of the API is data: nothing may run in it, frame it, guess its type or keep it.
_DEFAULTS: RawHeaders = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]
_CONCERNED = HEADER.encode()
_KEPT_HERE = frozenset({b"x-request-id", _CONCERNED})
_TLS_ONLY = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


def security_headers(tls: bool) -> RawHeaders:
    return [*_DEFAULTS, _TLS_ONLY] if tls else _DEFAULTS


class Reply:
    """An ASGI `send` that completes the headers. A service's own security header wins over the default.

    `without_body` is for HEAD: the answer is over with its headers, whatever follows. `concerned` are the
    practices that a service has named as those whose data it shows.
    """

    def __init__(
        self, send: Send, request_id: str, defaults: RawHeaders, *, without_body: bool = False
    ) -> None:
        self._send = send
        self._defaults = defaults
        self._own: RawHeaders = [(b"x-request-id", request_id.encode())]
        self._request_id = request_id
        self._without_body = without_body
        self.status: int | None = None
        self.concerned: list[UUID] = []

    def add(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._own += headers

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._complete(message["headers"])
            await self._send(message)
            if self._without_body:
                await self._send({"type": "http.response.body"})
        elif not self._without_body:
            await self._send(message)

    def _complete(self, given: RawHeaders) -> RawHeaders:
        headers = [(name, value) for name, value in given if name not in _KEPT_HERE]
        self.concerned = [
            each for name, value in given if name == _CONCERNED for each in read(value.decode())
        ]
        names = {name for name, _ in headers}
        headers += self._own
        headers += [(name, value) for name, value in self._defaults if name not in names]
        return headers

    async def problem(self, problem: Problem, instance: str) -> None:
        """Answer with a problem document (RFC 9457), unless an answer has already begun."""
        if self.status is not None:
            return
        content = json.dumps(jsonable_encoder(problem.document(instance, self._request_id))).encode()
        own = {name.lower(): value for name, value in problem.headers.items()}
        own |= {"content-type": MEDIA_TYPE, "content-length": str(len(content))}
        headers = [(name.encode(), value.encode("latin-1")) for name, value in own.items()]
        await self({"type": "http.response.start", "status": problem.status, "headers": headers})
        await self({"type": "http.response.body", "body": content})
