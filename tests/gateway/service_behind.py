"""A service behind the gateway that tells what reached it, and misbehaves on demand."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

PRACTICE = "/v1/practices/{practice_id}"


class Behind:
    """`app` serves it; `calls` counts what arrived, by operation."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.released = asyncio.Event()
        self.client_left = asyncio.Event()
        self.app = FastAPI(title="behind", generate_unique_id_function=lambda route: route.name)
        self._add_routes()

    def count(self, name: str) -> int:
        self.calls[name] = self.calls.get(name, 0) + 1
        return self.calls[name]

    def _add_routes(self) -> None:
        app = self.app

        @app.api_route(PRACTICE + "/mirror", methods=["GET"])
        @app.api_route(PRACTICE + "/mirror/{rest}", methods=["PUT"], operation_id="put_mirror")
        @app.api_route(PRACTICE + "/mirror", methods=["POST"], operation_id="post_mirror")
        async def mirror(request: Request) -> dict[str, Any]:
            self.count("mirror")
            body = await request.body()
            return {
                "method": request.method,
                "path": request.scope["raw_path"].decode(),
                "query": request.url.query,
                "headers": [[name, value] for name, value in request.headers.items()],
                "body": body.decode("latin-1"),
            }

        @app.post(PRACTICE + "/large", openapi_extra={"x-max-body-bytes": 5_000_000})
        async def large(request: Request) -> dict[str, int]:
            return {"bytes": sum([len(chunk) async for chunk in request.stream()])}

        @app.get(PRACTICE + "/trickle")
        async def trickle(request: Request) -> Response:
            async def pieces() -> AsyncIterator[bytes]:
                try:
                    yield b"first "
                    await self.released.wait()
                    yield b"second"
                finally:
                    self.client_left.set()

            return StreamingResponse(pieces(), media_type="text/plain")

        @app.get("/v1/open/{secret}.ics", openapi_extra={"security": []})
        async def open_feed(secret: str, request: Request) -> dict[str, Any]:
            return {"secret": secret, "authorization": request.headers.get("authorization")}

        @app.get(PRACTICE + "/own-headers")
        async def own_headers() -> Response:
            headers = {"X-Request-Id": "forged", "Cache-Control": "private", "Server": "x", "ETag": '"7"'}
            return Response(b"", 304, headers)

        @app.get("/internal/secret")
        async def internal() -> str:
            return "never"
