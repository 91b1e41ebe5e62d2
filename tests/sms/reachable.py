"""The sms service at an address, where carriers call it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.loopback import free_listener, served
from harness import House, house_of
from starlette.types import ASGIApp, Receive, Scope, Send

CALLBACK_SECRET = "only-the-carrier-knows"


@dataclass(frozen=True)
class Reachable:
    house: House
    url: str


@contextlib.asynccontextmanager
async def reachable(folder: Path, **settings: Any) -> AsyncIterator[Reachable]:
    """A house of its own with these settings of the sms service, which is served at `url`."""
    with free_listener() as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    given = {"sms_callback_url": url, "sms_callback_secret": CALLBACK_SECRET} | settings
    async with (
        house_of(folder, "agenda", "sms", nats=False, sms=given) as house,
        served(begun_already(house.apps["sms"]), port),
    ):
        yield Reachable(house, url)


def begun_already(app: ASGIApp) -> ASGIApp:
    """The house has begun it already, and ends it."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        for what in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{what}.complete"})

    return serve
