"""Thin clients between services: httpx over aiohttp's pool, with a token of this service's own.

A peer that cannot be reached is ServiceUnavailable; its problem documents come back as PeerProblem,
which answers to our own caller with the same status and code.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from httpx_aiohttp import AiohttpTransport

from vetagenda_contracts.events import Actor
from vetagenda_kit.caller import Tokens
from vetagenda_kit.logs import request_id
from vetagenda_kit.problems import Problem, ServiceUnavailable
from vetagenda_kit.tracing import HEADER, traceparent

TIMEOUT = httpx.Timeout(20, connect=5)


class PeerProblem(Problem):
    """What another service answered: passed on as it is."""

    def __init__(self, answer: Mapping[str, Any], status: int) -> None:
        known = {"type", "title", "status", "detail", "instance", "code", "request_id"}
        members = {name: value for name, value in answer.items() if name not in known}
        super().__init__(str(answer.get("detail", "")), **members)
        self.status = status  # type: ignore[misc]
        self.code = str(answer.get("code", "internal-error"))  # type: ignore[misc]
        self.title = str(answer.get("title", ""))  # type: ignore[misc]


class PeerNotReached(ServiceUnavailable):
    """There was no connection at all: the peer did nothing. Any other silence leaves that open."""


class Peers:
    """The other services by name. `transports` replaces the network by an app (tests)."""

    def __init__(
        self,
        tokens: Tokens,
        urls: Mapping[str, str],
        transports: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        self._tokens = tokens
        self._urls = dict(urls)
        self._transports = {} if transports is None else transports
        self._clients: dict[str, httpx.AsyncClient] = {}

    def names(self) -> list[str]:
        return sorted({*self._urls, *self._transports})

    def _client(self, service: str) -> httpx.AsyncClient:
        if service not in self._clients:
            transport = self._transports.get(service) or AiohttpTransport()
            url = self._urls.get(service, f"http://{service}")
            self._clients[service] = httpx.AsyncClient(base_url=url, transport=transport, timeout=TIMEOUT)
        return self._clients[service]

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        actor: Actor,
        practices: Collection[UUID],
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        timeout: timedelta | None = None,
    ) -> Any:
        """The parsed answer. Raises PeerProblem, or ServiceUnavailable when there was none."""
        token = self._tokens.mint(service, actor=actor, practices=practices, scopes=())
        headers = {"Authorization": f"Bearer {token}", "X-Request-Id": request_id.get()}
        if (current := traceparent()) is not None:
            headers[HEADER] = current
        try:
            response = await self._client(service).request(
                method,
                path,
                json=json,
                params=params,
                headers=headers,
                timeout=timeout.total_seconds() if timeout else TIMEOUT,
            )
        except httpx.ConnectError as error:
            raise PeerNotReached(
                f"{service} is not reachable just now", headers={"Retry-After": "1"}
            ) from error
        except httpx.TransportError as error:
            raise ServiceUnavailable(
                f"{service} is not reachable just now", headers={"Retry-After": "1"}
            ) from error
        if response.status_code in (502, 503, 504):
            raise ServiceUnavailable(f"{service} is not ready just now", headers={"Retry-After": "1"})
        if response.is_error:
            raise PeerProblem(response.json(), response.status_code)
        return response.json() if response.content else None

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()


def _away(service: str) -> ServiceUnavailable:
    return ServiceUnavailable(f"{service} is not reachable just now", headers={"Retry-After": "1"})
