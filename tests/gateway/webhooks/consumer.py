"""A consumer of webhooks on loopback, as a partner's server is one: it checks signatures and remembers."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gateway.loopback import served
from standardwebhooks import Webhook


@dataclass
class Consumer:
    """`status` is answered (with `headers`) after `seconds`; `refused` types get 400. `got` are the events it
    has taken, `tries` the ids of all messages that came, `forged` the types of those that its secret did not
    sign."""

    url: str = ""
    secret: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    refused: set[str] = field(default_factory=set)
    got: list[dict[str, Any]] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)

    @property
    def sequences(self) -> list[int]:
        return [each["sequence"] for each in self.got]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        await asyncio.sleep(self.seconds)
        status = self._taken(headers, body)
        told = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": b""})

    def _taken(self, headers: dict[str, str], body: bytes) -> int:
        self.tries.append(headers["webhook-id"])
        self.signatures.append(headers["webhook-signature"])
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        expected = Webhook(self.secret).sign(headers["webhook-id"], at, body.decode())
        event = json.loads(body)
        if expected not in headers["webhook-signature"].split(" "):
            self.forged.append(event["type"])
        if event["type"] in self.refused:
            return 400
        if 200 <= self.status < 300:
            self.got.append(event)
        return self.status


@contextlib.asynccontextmanager
async def consumer() -> AsyncIterator[Consumer]:
    found = Consumer()
    async with served(found) as url:
        found.url = f"{url}/hook"
        yield found
