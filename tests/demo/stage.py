"""Where the demonstration plays: a throw-away platform, a stand-in for Google, and clients with keys."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from peers.google import GoogleStandIn

from vetagenda_embedded.platform import Platform
from vetagenda_embedded.settings import PlatformSettings

PRACTICE = ["practice", "agenda", "booking", "reminders", "sms", "calendar", "events"]


class NotAsItShould(AssertionError):
    """A step saw something else than the product promises."""


def expect(true: Any, promise: str) -> None:
    if not true:
        raise NotAsItShould(promise)


def say(text: str) -> None:
    print(f"   {text}", flush=True)


@dataclass
class Client:
    """One key's view of one practice. Every method raises NotAsItShould unless the status is expected."""

    http: httpx.AsyncClient
    practice_id: str

    async def call(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        answer = await self.raw(method, path, **more)
        expect(answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:400]}")
        return answer.json() if answer.content else None

    async def raw(self, method: str, path: str, **more: Any) -> httpx.Response:
        url = path if path.startswith("/") else f"/v1/practices/{self.practice_id}/{path}"
        return await self.http.request(method, url, **more)

    async def get(self, path: str, **params: Any) -> Any:
        return await self.call("GET", path, params=params)

    async def make(self, path: str, **body: Any) -> Any:
        return await self.call("POST", path, 201, json=body)

    async def post(self, path: str, **body: Any) -> Any:
        return await self.call("POST", path, json=body)

    async def items(self, path: str, **params: Any) -> list[Any]:
        found: list[Any] = (await self.get(path, limit=200, **params))["items"]
        return found


@dataclass
class Stage:
    platform: Platform
    google: GoogleStandIn
    stack: contextlib.AsyncExitStack

    async def client(self, key: str, practice_id: str = "") -> Client:
        http = httpx.AsyncClient(
            base_url=self.platform.base_url, headers={"Authorization": f"Bearer {key}"}, timeout=60
        )
        await self.stack.enter_async_context(http)
        return Client(http, practice_id)

    async def practice(self, **fields: Any) -> Client:
        """A test practice with a full-scope key of its own."""
        operator = await self.client(self.platform.admin_key)
        practice = await operator.make("/v1/practices", test=True, **fields)
        return await self.key(practice["id"], PRACTICE)

    async def key(self, practice_id: str, areas: list[str]) -> Client:
        operator = await self.client(self.platform.admin_key)
        scopes = [f"{area}:{right}" for area in areas for right in ("read", "write")]
        made = await operator.make("/v1/keys", practices=[practice_id], scopes=scopes, test=True)
        return await self.client(made["key"], practice_id)


@contextlib.asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """Fresh data on free ports; nothing of it is left afterwards."""
    home = Path(tempfile.mkdtemp(prefix="vetagenda-demo-"))
    with GoogleStandIn() as google:
        settings = PlatformSettings(
            home=home, port=0, log_level="warning", services={"calendar-sync": google.settings}
        )
        platform = Platform(settings, report=say)
        try:
            async with platform, contextlib.AsyncExitStack() as stack:
                yield Stage(platform, google, stack)
        finally:
            await asyncio.to_thread(platform.remove)
