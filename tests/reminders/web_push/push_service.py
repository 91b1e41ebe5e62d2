"""A push service on loopback that misbehaves when it is told to, and a browser that reads what it gets."""

import base64
import json
import os
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Self

import http_ece
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HANG_UP = "hang up"


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(frozen=True)
class Arrival:
    path: str
    headers: dict[str, str]
    body: bytes


class Browser:
    """What `PushSubscription.toJSON()` gives, and the private half that never leaves it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._private = generate_private_key(SECP256R1())
        self._secret = os.urandom(16)

    @property
    def subscription(self) -> dict[str, Any]:
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": self.endpoint,
            "keys": {"p256dh": base64url(point), "auth": base64url(self._secret)},
        }

    def read(self, arrival: Arrival) -> dict[str, Any]:
        plain = http_ece.decrypt(
            arrival.body, private_key=self._private, auth_secret=self._secret, version="aes128gcm"
        )
        said: dict[str, Any] = json.loads(plain)
        return said


@dataclass
class PushService:
    """`answers` are the next ones, a status (with headers) or a lost connection; after them 201."""

    arrived: list[Arrival] = field(default_factory=list)
    answers: deque[Any] = field(default_factory=deque)
    origin: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.origin = f"http://localhost:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        self.arrived.append(Arrival(request.path, dict(request.headers), await request.read()))
        answer = self.answers.popleft() if self.answers else 201
        if answer == HANG_UP:
            assert request.transport
            request.transport.abort()
            return web.Response()
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        return web.Response(status=status, headers=headers)

    def begin(self) -> None:
        self.arrived.clear()
        self.answers.clear()
