"""HTTP/1.1 as every part of the platform speaks it: uvicorn's, with limits and with problem documents.

What is refused before it is a whole request (it is no HTTP, its head is too long, it does not come to its
end) is answered like everything else (RFC 9457), and logged as one line without its content.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import quote

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from vetagenda_kit.ids import uuid7
from vetagenda_kit.logs import logger
from vetagenda_kit.problems import MEDIA_TYPE, Problem

LONGEST_TARGET_BYTES = 16_384
LONGEST_HEAD_BYTES = 65_536
SINGLE_HEADERS = (b"host", b"authorization", b"content-type", b"idempotency-key")
# Closing at once on bytes that were not read would reset the connection before the answer is read.
LINGER_SECONDS = 1.0
log = logger("http")


class MalformedRequest(Problem):
    status, code, title = 400, "malformed-request", "This is not a valid HTTP/1.1 request"


class RequestTimeout(Problem):
    status, code, title = 408, "request-timeout", "The request did not come to its end in time"


class AddressTooLong(Problem):
    status, code, title = 414, "address-too-long", "The address is too long"


class HeadersTooLarge(Problem):
    status, code, title = 431, "headers-too-large", "The headers are too large"


class Protocol(HttpToolsProtocol):
    """`patience_seconds`: how long a connection may say nothing while a request is expected or under way."""

    patience_seconds: ClassVar[float] = 15.0

    _is_expecting = True
    _is_in_head = False
    _began_now = False
    _unfinished_head_bytes = 0
    _is_refused = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_expecting = False
        self._watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        self._began_now = False
        try:
            self.parser.feed_data(data)
            self._check_unfinished_head(data)
        except httptools.HttpParserUpgrade:
            log.debug("upgrade_ignored")  # no other protocol is spoken here: it was answered as HTTP
        except httptools.HttpParserError as error:
            told = error.__context__
            self._refuse(told if isinstance(told, Problem) else MalformedRequest())
        except HeadersTooLarge as problem:
            self._refuse(problem)
        self._watch()

    def on_message_begin(self) -> None:
        self._is_expecting = self._is_in_head = self._began_now = True
        self._unfinished_head_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > LONGEST_TARGET_BYTES:
            raise AddressTooLong(f"The address may have {LONGEST_TARGET_BYTES} bytes.")

    def on_headers_complete(self) -> None:
        if sum(len(name) + len(value) for name, value in self.headers) > LONGEST_HEAD_BYTES:
            raise _headers_too_large()
        _check_single([name for name, _ in self.headers], self.parser.get_http_version())
        super().on_headers_complete()
        self._is_in_head = False

    def on_message_complete(self) -> None:
        self._is_expecting = False
        super().on_message_complete()

    def _check_unfinished_head(self, data: bytes) -> None:
        """A header without an end is not told by the parser. What a message began with may be of another."""
        if self._is_in_head and not self._began_now:
            self._unfinished_head_bytes += len(data)
            if self._unfinished_head_bytes > LONGEST_HEAD_BYTES:
                raise _headers_too_large()

    def _watch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None
        if self._is_expecting and not self._is_refused:
            self._deadline = self.loop.call_later(self.patience_seconds, self._impatient)

    def _impatient(self) -> None:
        """A reader that is paused waits for the app, not for the client."""
        self._deadline = None
        if self.flow.read_paused:
            self._watch()
        elif self.scope is None:  # nobody has said anything yet
            self.transport.close()
        else:
            self._refuse(RequestTimeout(f"Nothing came for {self.patience_seconds:g} seconds."))

    def _refuse(self, problem: Problem) -> None:
        """The last answer of this connection, unless the answer to an earlier request is still under way."""
        self._is_refused = True
        identifier = (self.scope or {}).get("request_id") or uuid7().hex
        log.info("refused", code=problem.code, status=problem.status, request_id=identifier)
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering and (self._is_in_head or not self._is_expecting):
            self.cycle.keep_alive = False  # an earlier request's answer
            return
        if not is_answering or not (self.cycle.response_started or self.pipeline):
            self.transport.write(self._answer(problem, str(identifier)))
        self._leave()

    def _leave(self) -> None:
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _answer(self, problem: Problem, identifier: str) -> bytes:
        path = str((self.scope or {}).get("path") or "/")
        content = json.dumps(problem.document(quote(path), identifier)).encode()
        headers = [
            *self.server_state.default_headers,
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(content)).encode()),
            (b"x-request-id", identifier.encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        return STATUS_LINE[problem.status] + lines + b"\r\n" + content


def _check_single(names: Sequence[bytes], version: str) -> None:
    """Two of one of these would be read differently by whoever stands in front. Raises MalformedRequest."""
    for name in SINGLE_HEADERS:
        if names.count(name) > 1:
            raise MalformedRequest(f"There is more than one {name.decode().title()} header.")
    if version == "1.1" and b"host" not in names:  # RFC 9112, 3.2
        raise MalformedRequest("There is no Host header.")


def _headers_too_large() -> HeadersTooLarge:
    return HeadersTooLarge(f"All headers together may have {LONGEST_HEAD_BYTES} bytes.")


def protocol(patience_seconds: float) -> type[Protocol]:
    """The protocol with another patience, for `uvicorn.Config(http=...)`."""
    return type("Protocol", (Protocol,), {"patience_seconds": patience_seconds})
