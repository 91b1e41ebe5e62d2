"""google-api-python-client behind the `Api` port: imported when needed, run in threads, never its batch.

Rate limits, 5xx and broken connections are tried again with full jitter; every write may be repeated
because inserts carry our own id and patches the etag that was read.
"""

import asyncio
import http.client
import json
import random
import time
from collections.abc import Mapping
from datetime import UTC
from functools import cache, cached_property
from typing import Any

from vetagenda_calendar_sync.engine.ports import AccessWithdrawn, RemoteRefusal, RemoteTrouble
from vetagenda_calendar_sync.google.authorization import GoogleTokens
from vetagenda_calendar_sync.settings import Settings

TRIES = 5
RATE = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "calendarUsageLimitsExceeded"}
)


class GoogleApi:
    """One link's connection for one cycle; calls one after the other. Close it after use."""

    def __init__(self, settings: Settings, tokens: GoogleTokens) -> None:
        self._settings = settings
        self._tokens = tokens
        self._not_before = 0.0
        self.calls = 0
        self._under_way: asyncio.Future[dict[str, Any]] | None = None
        self.writes = 0

    async def call(
        self,
        method: str,
        parameters: Mapping[str, Any],
        *,
        body: dict[str, Any] | None = None,
        etag: str = "",
    ) -> dict[str, Any]:
        """Raises RemoteRefusal, RemoteTrouble, AccessWithdrawn."""
        self.writes += method in ("insert", "patch", "delete")
        return await self._patiently("events", method, parameters, body, etag)

    async def resolve(self, calendar_id: str) -> str:
        """The calendar's lasting id (`primary` is only a word for it). Raises as `call`."""
        answer = await self._patiently("calendars", "get", {"calendarId": calendar_id}, None, "")
        return str(answer["id"])

    async def _patiently(
        self,
        collection: str,
        method: str,
        parameters: Mapping[str, Any],
        body: dict[str, Any] | None,
        etag: str,
    ) -> dict[str, Any]:
        for attempt in range(TRIES):
            await self._pace()
            try:
                return await self._in_thread(collection, method, parameters, body, etag)
            except _Retry as retry:
                if attempt == TRIES - 1:
                    raise RemoteTrouble(str(retry)) from retry
                await asyncio.sleep(self._delay(attempt, retry.after_seconds))
        raise AssertionError("unreachable")

    async def _in_thread(self, *call: Any) -> dict[str, Any]:
        self._under_way = asyncio.ensure_future(asyncio.to_thread(self._call, *call))
        return await asyncio.shield(self._under_way)

    async def close(self) -> None:
        """A thread goes on when its cycle is stopped, and would connect anew after a close: it ends first."""
        if self._under_way is not None:
            await asyncio.gather(self._under_way, return_exceptions=True)
        if "_http" in self.__dict__:
            await asyncio.to_thread(self._http.close)

    @property
    def tokens(self) -> GoogleTokens:
        """With the access token of the last refresh."""
        if "_credentials" not in self.__dict__ or not self._credentials.expiry:
            return self._tokens
        expires_at = self._credentials.expiry.replace(tzinfo=UTC).isoformat()
        return GoogleTokens(self._tokens.refresh_token, self._credentials.token, expires_at)

    async def _pace(self) -> None:
        wait = self._not_before - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        self._not_before = time.monotonic() + self._settings.google_pause.total_seconds()

    def _delay(self, attempt: int, asked_seconds: float) -> float:
        most = self._settings.google_first_retry_after.total_seconds() * 2**attempt
        return max(asked_seconds, random.uniform(0, most))  # noqa: S311 - jitter

    @cached_property
    def _credentials(self) -> Any:
        from google.oauth2.credentials import Credentials

        return Credentials(  # type: ignore[no-untyped-call]
            token=self._tokens.access_token,
            refresh_token=self._tokens.refresh_token,
            expiry=self._tokens.expiry,
            token_uri=self._settings.google_token_url,
            client_id=self._settings.google_client_id,
            client_secret=self._settings.google_client_secret,
        )

    @cached_property
    def _http(self) -> Any:
        import google_auth_httplib2
        import httplib2

        http = httplib2.Http(timeout=self._settings.google_timeout.total_seconds())
        return google_auth_httplib2.AuthorizedHttp(self._credentials, http=http)

    def _call(
        self,
        collection: str,
        method: str,
        parameters: Mapping[str, Any],
        body: dict[str, Any] | None,
        etag: str,
    ) -> dict[str, Any]:
        """In a thread."""
        import httplib2
        from google.auth.exceptions import RefreshError, TransportError
        from googleapiclient.errors import HttpError

        arguments = dict(parameters) if body is None else {**parameters, "body": body}
        resource = getattr(discovered(self._settings.google_api_url), collection)()
        request = getattr(resource, method)(**arguments)
        if etag:
            request.headers["If-Match"] = etag
        self.calls += 1
        try:
            answer = request.execute(http=self._http)
        except HttpError as error:
            raise _refusal(error) from error
        except RefreshError as error:
            if error.retryable:
                raise _Retry("token") from error
            raise AccessWithdrawn from error
        except (
            OSError,
            httplib2.HttpLib2Error,
            http.client.HTTPException,
            TransportError,
            ValueError,
        ) as error:
            raise _Retry(type(error).__name__) from error
        return answer if isinstance(answer, dict) else {}


class _Retry(Exception):
    def __init__(self, why: str, after_seconds: float = 0.0) -> None:
        super().__init__(why)
        self.after_seconds = after_seconds


@cache
def discovered(api_url: str) -> Any:
    """The API of the static discovery document. It only makes requests; each brings its own connection."""
    import httplib2
    from googleapiclient.discovery import build

    options = {"api_endpoint": api_url}
    return build("calendar", "v3", http=httplib2.Http(), static_discovery=True, client_options=options)


def _refusal(error: Any) -> Exception:
    status, reason = int(error.resp.status), _reason(error)
    if status == 429 or status >= 500 or (status == 403 and reason in RATE):
        return _Retry(f"{status} {reason}", _retry_after(error.resp.get("retry-after", "")))
    if status == 401:
        return AccessWithdrawn(reason)
    return RemoteRefusal(status, reason)


def _reason(error: Any) -> str:
    try:
        return str(json.loads(error.content)["error"]["errors"][0]["reason"])
    except (ValueError, KeyError, IndexError, TypeError):
        return "unknown"


def _retry_after(header: str) -> float:
    """Seconds only; a date is rare and means as much as none."""
    return float(header) if header.isdigit() else 0.0
