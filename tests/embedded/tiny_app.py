"""The smallest part of a platform: says who it is and what it was told."""

import asyncio
import contextlib
import os
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.requests import ClientDisconnect

from vetagenda_kit.settings import ServiceSettings


class TinySettings(ServiceSettings):
    """What the platform tells every part."""


def create(settings: TinySettings) -> FastAPI:
    app = FastAPI()

    @app.get("/who")
    async def who() -> dict[str, Any]:
        return {"pid": os.getpid(), "urls": settings.urls, "parent": os.getppid()}

    @app.post("/echo")
    async def echo(request: Request) -> Response:
        with contextlib.suppress(ClientDisconnect):
            return Response(await request.body())
        return Response()

    @app.get("/slow")
    async def slow() -> Response:
        await asyncio.sleep(1)  # longer than a test's patience with a client
        return Response("at last")

    @app.get("/break")
    async def fail(request: Request) -> None:
        raise ValueError(request.url.query)

    return app
