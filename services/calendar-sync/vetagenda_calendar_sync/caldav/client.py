"""HTTP as WebDAV needs it: one connection for one cycle, calls one after the other, patient with servers.

Every write may be repeated: what is made carries `If-None-Match: *`, what is changed the etag that was read.
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from vetagenda_calendar_sync.caldav.credentials import Credentials
from vetagenda_calendar_sync.caldav.multistatus import precondition
from vetagenda_calendar_sync.caldav.reach import PinnedTransport
from vetagenda_calendar_sync.engine.ports import AccessWithdrawn, RemoteRefusal, RemoteTrouble
from vetagenda_calendar_sync.providers.troubles import BROKEN_OFF, NO_CONNECTION, TIMEOUT
from vetagenda_calendar_sync.settings import Settings
from vetagenda_kit.clock import system_now
from vetagenda_kit.outward import asked_pause
from vetagenda_kit.outward_calls import Meter
from vetagenda_kit.public_addresses import ForbiddenAddress

TRIES = 5
TEMPORARY = frozenset({408, 423, 425, 429, 500, 502, 503, 504})
KIND = "caldav"
WRITES = frozenset({"PUT", "DELETE"})
LONGEST_ANSWER = 64_000_000
LONGEST_PAUSE_SECONDS = 60.0
FORBIDDEN, INVALID = "forbidden-address", "invalid-address"
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    def refusal(self) -> RemoteRefusal:
        """Codes only: an address or a server's own words may hold a name."""
        return RemoteRefusal(self.status, precondition(self.body) or "refused")


class DavClient:
    """Close it after use. `calls` and `writes` count what was sent."""

    def __init__(
        self, settings: Settings, credentials: Credentials, meter: Meter, tries: int = TRIES
    ) -> None:
        self._tries, self._meter = tries, meter
        self._first_retry = settings.caldav_first_retry_after.total_seconds()
        self._http = httpx.AsyncClient(
            transport=PinnedTransport(settings.caldav_networks),
            auth=httpx.BasicAuth(credentials.user_name.encode(), credentials.password.encode()),
            timeout=settings.caldav_timeout.total_seconds(),
            headers={"User-Agent": "vetagenda", "Accept-Encoding": "identity"},  # gzip would weaken etags
            follow_redirects=False,
            trust_env=False,
        )
        self.calls = 0
        self.writes = 0

    async def request(
        self, method: str, url: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Any answer that means something. Raises AccessWithdrawn, RemoteTrouble, RemoteRefusal."""
        self.writes += method in WRITES
        given = {"Content-Type": XML, **(headers or {})} if body else dict(headers or {})
        for attempt in range(self._tries):
            try:
                return await self._once(method, url, body.encode(), given)
            except _Retry as retry:
                if attempt == self._tries - 1 or retry.after_seconds > LONGEST_PAUSE_SECONDS:
                    raise RemoteTrouble(str(retry)) from retry
                await asyncio.sleep(self._delay(attempt, retry.after_seconds))
        raise AssertionError("unreachable")

    def _delay(self, attempt: int, asked_seconds: float) -> float:
        return max(asked_seconds, random.uniform(0, self._first_retry * 2**attempt))  # noqa: S311 - jitter

    async def _once(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.calls += 1
        try:
            async with self._http.stream(method, url, content=body, headers=headers) as response:
                answer = Answer(url, response.status_code, response.headers, await _read(response))
        except ForbiddenAddress:
            raise RemoteRefusal(403, FORBIDDEN) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError):
            raise RemoteRefusal(400, INVALID) from None
        except (httpx.HTTPError, OSError) as error:
            self._meter.note(failed=True, sent=len(body))
            raise _Retry(_trouble(error)) from error
        self._meter.note(failed=answer.status >= 400, sent=len(body), received=len(answer.body))
        if answer.status == 401:
            raise AccessWithdrawn("the password is refused")
        if answer.status in TEMPORARY:
            raise _Retry(
                str(answer.status),
                asked_pause(answer.headers.get("retry-after"), system_now()).total_seconds(),
            )
        return answer

    async def close(self) -> None:
        await self._http.aclose()


class _Retry(Exception):
    def __init__(self, why: str, after_seconds: float = 0.0) -> None:
        super().__init__(why)
        self.after_seconds = after_seconds


def _trouble(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return TIMEOUT
    return NO_CONNECTION if isinstance(error, httpx.ConnectError) else BROKEN_OFF


async def _read(response: httpx.Response) -> bytes:
    parts, length = list[bytes](), 0
    async for part in response.aiter_bytes():
        parts.append(part)
        length += len(part)
        if length > LONGEST_ANSWER:
            raise RemoteRefusal(413, "answer-too-long")
    return b"".join(parts)
