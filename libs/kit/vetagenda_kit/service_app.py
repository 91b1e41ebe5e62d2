"""FastAPI, but a body that is too large is refused as everything else is: with a problem document."""

from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from vetagenda_kit.problems import TooLarge
from vetagenda_kit.web import problem_response

_PLAIN = (b"content-type", b"text/plain; charset=utf-8")


class ServiceApp(FastAPI):
    """Starlette's body limit stands outside all middleware and answers plain text: it is replaced here."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        refused = False

        async def told(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and _is_plain_refusal(message):
                refused = True
                await self._refuse(scope, receive, send)
            elif not refused:
                await send(message)

        await super().__call__(scope, receive, told)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit: Any = scope.get("starlette.max_body_size", self.max_body_size)
        problem = TooLarge(f"The body may have {limit} bytes.", limit_bytes=limit)
        problem.headers["x-request-id"] = scope.get("request_id", "")
        await problem_response(Request(scope), problem)(scope, receive, send)


def _is_plain_refusal(start: Message) -> bool:
    return start["status"] == TooLarge.status and _PLAIN in start["headers"]
