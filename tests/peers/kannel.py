"""A stand-in for Kannel's sendsms that loses answers, for where a real gateway would be too slow to fail."""

import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from gateway.loopback import served
from peers.twilio import Dropped
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


@dataclass
class KannelStandIn:
    """`sent` is what was asked of it, in order. It cannot be asked what became of a message."""

    loses: float = 0.0
    sent: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["KannelStandIn"]:
        async with served(Starlette(routes=[Route("/cgi-bin/sendsms", self._take)])) as self.url:
            yield self

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "sms_carrier": "kannel",
            "sms_kannel_url": f"{self.url}/cgi-bin/sendsms",
            "sms_kannel_username": "vet",
            "sms_kannel_password": "only-kannel-knows",
        }

    async def _take(self, request: Request) -> Response:
        self.sent.append(dict(request.query_params))
        if random.random() < self.loses:
            return Dropped()
        return PlainTextResponse("0: Accepted for delivery", 202)

    async def report(self, sent: dict[str, str], report: int) -> int:
        url = sent["dlr-url"].replace("%d", str(report)).replace("%F", "")
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(url)).status_code
