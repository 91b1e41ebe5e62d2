"""google-api-python-client behind the `Api` port: imported when needed, run in threads, never its batch.

Rate limits, 5xx and broken connections are tried again with full jitter; every write may be repeated
because inserts carry our own id and patches the etag that was read.
"""

import asyncio
import http.client
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cache, cached_property
from typing import Any

from vetagenda_calendar_sync.engine.ports import AccessWithdrawn, RemoteTrouble
from vetagenda_calendar_sync.google.answers import LONGEST_WAIT_SECONDS, Retry, longest_delay, meaning
from vetagenda_calendar_sync.google.authorization import GoogleTokens
from vetagenda_calendar_sync.google.door import Door
from vetagenda_calendar_sync.providers.troubles import BROKEN_OFF, NO_CONNECTION, TIMEOUT
from vetagenda_calendar_sync.settings import Settings
from vetagenda_kit.clock import system_now
from vetagenda_kit.outward_calls import Meter

Keep = Callable[[GoogleTokens], Awaitable[None]]


@dataclass(frozen=True)
class Patience:
    """How often a call is made before it counts as failed, and the longest pause in between."""

    tries: int = 5
    longest_wait_seconds: float = LONGEST_WAIT_SECONDS


KIND = "google-calendar"
CYCLES, PEOPLE = Patience(), Patience(tries=2, longest_wait_seconds=2.0)


class GoogleApi:
    """One link's connection for one cycle; calls one after the other. Close it after use.

    `account` is whose budget the calls are on. `keep` stores tokens as soon as they are new: a refresh must
    not be made again because a cycle died, and a rotated token must not be lost.
    """

    def __init__(
        self,
        settings: Settings,
        door: Door,
        tokens: GoogleTokens,
        account: str,
        meter: Meter,
        keep: Keep | None = None,
        patience: Patience = CYCLES,
    ) -> None:
        self._patience = patience
        self._settings = settings
        self._door = door
        self._tokens = tokens
        self._account, self._meter = account, meter
        self._keep = keep
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
        """A method of `events`. Raises RemoteRefusal, RemoteTrouble, AccessWithdrawn."""
        self.writes += method in ("insert", "patch", "delete")
        return await self.ask("events", method, parameters, body, etag)

    async def ask(
        self,
        collection: str,
        method: str,
        parameters: Mapping[str, Any],
        body: dict[str, Any] | None = None,
        etag: str = "",
    ) -> dict[str, Any]:
        """Any method of the API. Raises as `call`."""
        for attempt in range(self._patience.tries):
            await self._door.budget.wait(self._account)
            try:
                return await self._in_thread(collection, method, parameters, body, etag)
            except Retry as retry:
                delay = max(retry.after_seconds, self._jittered(attempt))
                if attempt == self._patience.tries - 1 or delay > self._patience.longest_wait_seconds:
                    raise RemoteTrouble(str(retry), retry.after_seconds) from retry
                await asyncio.sleep(delay)
        raise AssertionError("unreachable")

    def _jittered(self, attempt: int) -> float:
        first = self._settings.google_first_retry_after.total_seconds()
        return random.uniform(0, longest_delay(attempt, first))  # noqa: S311 - jitter

    async def _in_thread(self, *call: Any) -> dict[str, Any]:
        running = asyncio.get_running_loop().run_in_executor(self._door.threads, self._call, *call)
        self._under_way = asyncio.ensure_future(running)
        try:
            return await asyncio.shield(self._under_way)
        finally:
            await self._keep_new_tokens()

    async def _keep_new_tokens(self) -> None:
        if self._keep is not None and (new := self.tokens) != self._tokens:
            self._tokens = new
            await self._keep(new)

    async def close(self) -> None:
        """A thread goes on when its cycle is stopped, and would connect anew after a close: it ends first."""
        if self._under_way is not None:
            await asyncio.gather(self._under_way, return_exceptions=True)
        if "_http" in self.__dict__:
            await asyncio.get_running_loop().run_in_executor(self._door.threads, self._http.close)

    @property
    def tokens(self) -> GoogleTokens:
        """With what the last refresh gave: an access token, and a new refresh token where they rotate."""
        known = self.__dict__.get("_credentials")
        if known is None or not known.expiry or known.token == self._tokens.access_token:
            return self._tokens
        expires_at = known.expiry.replace(tzinfo=UTC).isoformat()
        return replace(
            self._tokens,
            refresh_token=known.refresh_token,
            access_token=known.token,
            expires_at=expires_at,
        )

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

        from vetagenda_calendar_sync.google.metered import MeteredHttp

        http = MeteredHttp(self._meter, timeout=self._settings.google_timeout.total_seconds())
        return google_auth_httplib2.AuthorizedHttp(self._credentials, http=http, max_refresh_attempts=1)

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
        methods = collection_of(self._settings.google_api_url, collection)
        request = getattr(methods, method)(**arguments)
        if etag:
            request.headers["If-Match"] = etag
        self.calls += 1
        try:
            answer = request.execute(http=self._http)
        except HttpError as error:
            raise meaning(int(error.resp.status), error.content, error.resp, system_now()) from error
        except RefreshError as error:
            raise _of_refresh(error) from error
        except (
            OSError,
            httplib2.HttpLib2Error,
            http.client.HTTPException,
            TransportError,
            ValueError,
        ) as error:
            raise Retry(_trouble(error)) from error
        return answer if isinstance(answer, dict) else {}


@cache
def discovered(api_url: str) -> Any:
    """The API of the static discovery document. It only makes requests; each brings its own connection."""
    import httplib2
    from googleapiclient.discovery import build

    options = {"api_endpoint": api_url}
    return build("calendar", "v3", http=httplib2.Http(), static_discovery=True, client_options=options)


@cache
def collection_of(api_url: str, name: str) -> Any:
    """As `discovered`. Google's client makes the methods of a collection anew for whoever asks for it, which
    takes longer than a call of them."""
    return getattr(discovered(api_url), name)()


def _trouble(error: Exception) -> str:
    """A refresh wraps what has gone wrong with it."""
    import httplib2

    cause = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
    if isinstance(cause, TimeoutError):
        return TIMEOUT
    unreached = (httplib2.ServerNotFoundError, ConnectionRefusedError)
    return NO_CONNECTION if isinstance(cause, unreached) else BROKEN_OFF


def _of_refresh(error: Any) -> Exception:
    """RFC 6749, 5.2: only `invalid_grant` says that the person took the access back. The platform's own
    mistake (`invalid_client`) or a proxy's page must not make every vet consent again."""
    document = error.args[1] if len(error.args) > 1 else None
    code = document.get("error") if isinstance(document, dict) else None
    return (
        AccessWithdrawn("invalid_grant") if code == "invalid_grant" else Retry(f"token {code or 'unknown'}")
    )
