"""One call to one service, through a pool of kept connections."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import aiohttp
import yarl
from multidict import CIMultiDict
from starlette.types import Receive, Scope, Send

from vetagenda_gateway.forwarding import rules
from vetagenda_gateway.forwarding.body import RequestBody
from vetagenda_gateway.forwarding.routes import Operation
from vetagenda_kit.logs import logger
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.tracing import traceparent

log = logger("forwarding")

# A restarted service is back within half a second; waiting that long costs less than a failed request.
_WAITS_BEFORE_REPEATING_SECONDS = (0.05, 0.2, 0.5)
_RETRY_AFTER_SECONDS = "2"
# Shorter than the five seconds after which a service closes an idle connection: otherwise one of the two
# sides closes while the other sends.
_KEPT_IDLE_SECONDS = 4.0
_WHOLE_ANSWER_BYTES = 262_144

_AUTOMATIC = CIMultiDict[None](dict.fromkeys(("User-Agent", "Accept", "Accept-Encoding", "Content-Type")))


class ServiceTimeout(ServiceUnavailable):
    """The service took the request and did not answer: whether it had an effect is not known."""

    status, code, title = 504, "service-timeout", "The service did not answer in time"


@dataclass(frozen=True)
class Call:
    """What is sent: the client's request with the gateway's own identity token and request id."""

    operation: Operation
    method: str
    target: str  # path and query as the client wrote them
    headers: CIMultiDict[str]
    body: RequestBody

    @property
    def service(self) -> str:
        return self.operation.service

    @classmethod
    def of(
        cls, scope: Scope, operation: Operation, identity: str | None, method: str, body: RequestBody
    ) -> "Call":
        target = scope["raw_path"].decode("ascii")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        headers = rules.request_headers(scope["headers"], identity, scope["request_id"], traceparent())
        return cls(operation, method, target, CIMultiDict(headers), body)


class _AsGiven(aiohttp.ClientRequest):
    """Adds no header of its own. By `skip_auto_headers` aiohttp sorts and copies their names each time."""

    def update_auto_headers(self, skip_auto_headers: Iterable[str] | None) -> None:
        self._skip_auto_headers = _AUTOMATIC


class Services:
    """The connections to all services; `urls` are their addresses by name."""

    def __init__(self, urls: Mapping[str, str], answer_timeout_seconds: float = 30.0) -> None:
        self._urls = {name: url.rstrip("/") for name, url in urls.items()}
        self._timeout = _timeout(answer_timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Services":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=256, keepalive_timeout=_KEPT_IDLE_SECONDS),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            request_class=_AsGiven,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def forward(self, call: Call, receive: Receive, send: Send) -> None:
        """Answer with what the service answers. Raises ServiceUnavailable, ServiceTimeout, TooLarge."""
        for wait_seconds in (*_WAITS_BEFORE_REPEATING_SECONDS, None):
            try:
                async with self._request(call) as response:
                    await _answer(response, receive, send)
                return
            except (aiohttp.ClientError, TimeoutError) as error:
                if wait_seconds is None or not _may_repeat(call, error):
                    raise _problem(call, error) from error
                log.info("forward_repeated", to=call.service, error=type(error).__name__)
            await asyncio.sleep(wait_seconds)

    def _request(self, call: Call) -> "aiohttp.client._RequestContextManager":
        if self._session is None or call.service not in self._urls:
            raise ServiceUnavailable(headers={"retry-after": _RETRY_AFTER_SECONDS})
        return self._session.request(
            call.method,
            yarl.URL(self._urls[call.service] + call.target, encoded=True),
            headers=call.headers,
            data=call.body.content(),
            allow_redirects=False,
            timeout=self._timeout_of(call.operation),
        )

    def _timeout_of(self, operation: Operation) -> aiohttp.ClientTimeout:
        seconds = operation.answer_timeout_seconds
        return self._timeout if seconds is None else _timeout(seconds)


def _timeout(answer_seconds: float) -> aiohttp.ClientTimeout:
    """Between two pieces of an answer; an answer as a whole may take any time."""
    return aiohttp.ClientTimeout(total=None, sock_connect=2.0, sock_read=answer_seconds)


def _may_repeat(call: Call, error: Exception) -> bool:
    """Nobody waits for a second answer of a service that is too slow for the first."""
    return not isinstance(error, BrokenAnswer | TimeoutError) and rules.may_repeat(
        call.method,
        bytes_left=not isinstance(error, aiohttp.ClientConnectorError),
        has_idempotency_key="idempotency-key" in call.headers,
        body_is_kept=call.body.can_be_sent_again,
    )


def _problem(call: Call, error: Exception) -> Exception:
    if isinstance(error, BrokenAnswer):
        return error
    if call.body.failure is not None:
        return call.body.failure
    log.warning("forward_failed", to=call.service, method=call.method, error=type(error).__name__)
    unsent = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    if isinstance(error, TimeoutError) and not unsent:
        return ServiceTimeout(
            "Whether the request had an effect is not known; repeat it with its Idempotency-Key."
        )
    return ServiceUnavailable(headers={"retry-after": _RETRY_AFTER_SECONDS})


class BrokenAnswer(aiohttp.ClientError):
    """The service's answer ended early when its beginning had already been passed on."""


async def _answer(response: aiohttp.ClientResponse, receive: Receive, send: Send) -> None:
    length = response.content_length
    if length is not None and length <= _WHOLE_ANSWER_BYTES:
        content = await response.read()  # before anything is passed on: a failure here can still be repeated
        await _start(response, send)
        await send({"type": "http.response.body", "body": content})
        return
    await _start(response, send)
    try:
        await _stream(response, receive, send)
    except aiohttp.ClientError as error:
        raise BrokenAnswer from error


async def _start(response: aiohttp.ClientResponse, send: Send) -> None:
    headers = rules.response_headers(response.raw_headers)
    await send({"type": "http.response.start", "status": response.status, "headers": headers})


async def _stream(response: aiohttp.ClientResponse, receive: Receive, send: Send) -> None:
    """Pass on piece by piece until the service ends or the client leaves."""
    gone = asyncio.create_task(_until_gone(receive))
    pump = asyncio.create_task(_pump(response, send))
    try:
        await asyncio.wait({gone, pump}, return_when=asyncio.FIRST_COMPLETED)
        if pump.done():
            pump.result()
    finally:
        for task in (gone, pump):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError):
                await task


async def _pump(response: aiohttp.ClientResponse, send: Send) -> None:
    async for chunk in response.content.iter_any():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
