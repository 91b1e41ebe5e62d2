"""A stand-in that speaks Twilio's messaging API over real HTTP, and misbehaves on request.

What it does is what their documentation says: a create is a form with basic authentication and answers 201
with `sid`, `status` and `num_segments`; the list filters by `To` and comes in pages, newest first; errors are
a JSON object with `code`. Receipts are forms, signed with the account's token.
"""

import asyncio
import base64
import contextlib
import hmac
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from enum import StrEnum
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import httpx
from gateway.loopback import served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from vetagenda_kit.clock import system_now
from vetagenda_sms_text import segment

API = "/2010-04-01/Accounts"


class Fault(StrEnum):
    BUSY = "busy"  # 429, nothing is taken over
    BROKEN = "broken"  # 500, and nothing is taken over
    DROPS_THE_ANSWER = "drops the answer"  # taken over
    BREAKS_AFTERWARDS = "breaks afterwards"  # taken over, and 500
    NEVER_ANSWERS = "never answers"  # taken over
    SLOW = "slow"  # taken over, and answers when it is told to
    REFUSES = "refuses"
    OPTED_OUT = "opted out"


_REFUSALS = {
    Fault.BUSY: (429, 20429),
    Fault.BROKEN: (500, 20500),
    Fault.REFUSES: (400, 21211),
    Fault.OPTED_OUT: (400, 21610),
}


@dataclass
class Sent:
    sid: str
    form: dict[str, str]
    created: str
    status: str = "queued"
    segments: int = 1

    @property
    def document(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "to": self.form["To"],
            "from": self.form.get("From"),
            "body": self.form["Body"],
            "status": self.status,
            "num_segments": str(self.segments),
            "direction": "outbound-api",
            "date_created": self.created,
            "date_sent": None,
            "error_code": None,
        }


@dataclass
class TwilioStandIn:
    """`faults` answers what is wrong with the n-th create for a number (from 1), or
    None. `counts` is its own count."""

    account: ClassVar[str] = "AC" + "0" * 32
    token: ClassVar[str] = "token-of-the-stand-in"
    faults: Callable[[int], Fault | None] = lambda number: None
    counts: Callable[[str], int] = lambda body: segment(body).segments
    page_size: int | None = None
    sent: list[Sent] = field(default_factory=list)
    created: int = 0
    tried: Counter[str] = field(default_factory=Counter)
    looked_up: int = 0
    answer_now: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["TwilioStandIn"]:
        routes = [
            Route(f"{API}/{{account}}/Messages.json", self._create, methods=["POST"]),
            Route(f"{API}/{{account}}/Messages.json", self._list, methods=["GET"]),
        ]
        async with served(Starlette(routes=routes)) as self.url:
            yield self

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "sms_carrier": "twilio",
            "sms_twilio_url": self.url,
            "sms_twilio_account": self.account,
            "sms_twilio_token": self.token,
            "sms_sender": "Clinique",
            "sms_sender_number": "+33700000000",
        }

    def to(self, number: str) -> list[Sent]:
        return [each for each in self.sent if each.form["To"] == number]

    async def _create(self, request: Request) -> Response:
        if not self._knows(request):
            return _error(401, 20003)
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        self.created += 1
        self.tried[form["To"]] += 1
        fault = self.faults(self.tried[form["To"]])
        if fault in _REFUSALS:
            return _error(*_REFUSALS[fault])
        taken = self._take(form)
        if fault is Fault.BREAKS_AFTERWARDS:
            return _error(500, 20500)
        if fault is Fault.SLOW:
            await self.answer_now.wait()
        if fault is Fault.NEVER_ANSWERS:
            await _until_gone(request)
        return Dropped() if fault is Fault.DROPS_THE_ANSWER else JSONResponse(taken.document, 201)

    def _take(self, form: dict[str, str]) -> Sent:
        sid = f"SM{len(self.sent) + 1:032x}"
        taken = Sent(sid, form, format_datetime(system_now()), segments=self.counts(form["Body"]))
        self.sent.append(taken)
        return taken

    async def _list(self, request: Request) -> Response:
        if not self._knows(request):
            return _error(401, 20003)
        self.looked_up += 1
        asked = dict(request.query_params)
        found = list(reversed(self.to(asked["To"])))
        first, size = int(asked.get("Page", 0)), self.page_size or int(asked["PageSize"])
        shown = found[first * size : (first + 1) * size]
        more = len(found) > (first + 1) * size
        following = f"{request.url.path}?{urlencode(asked | {'Page': first + 1})}" if more else None
        return JSONResponse(
            {"messages": [each.document for each in shown], "next_page_uri": following, "page": first}
        )

    def _knows(self, request: Request) -> bool:
        expected = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {expected}"

    async def report(self, sent: Sent, status: str, **further: str) -> int:
        """Tell at the address that the message came with; answers the status."""
        form = {"MessageSid": sent.sid, "MessageStatus": status, "To": sent.form["To"]} | further
        return await self.call(sent.form["StatusCallback"], form)

    async def call(self, url: str, form: dict[str, str], *, signature: str | None = None) -> int:
        signed = self.signature(url, form) if signature is None else signature
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(url, data=form, headers={"X-Twilio-Signature": signed})
            return answer.status_code

    def signature(self, url: str, form: dict[str, str]) -> str:
        said = url + "".join(f"{name}{form[name]}" for name in sorted(form))
        return base64.b64encode(hmac.digest(self.token.encode(), said.encode(), "sha1")).decode()


class Dropped(Response):
    """The connection ends in the middle of the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"sid":', "more_body": True})
        raise ConnectionAbortedError


async def _until_gone(request: Request) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(0.02)


def _error(status: int, code: int) -> JSONResponse:
    return JSONResponse({"code": code, "message": "told to a person", "status": status}, status)
