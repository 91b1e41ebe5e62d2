"""The smallest part of a platform: says who it is and what it was told."""

import os
from typing import Any

from fastapi import FastAPI

from vetagenda_kit.settings import ServiceSettings


class TinySettings(ServiceSettings):
    """What the platform tells every part."""


def create(settings: TinySettings) -> FastAPI:
    app = FastAPI()

    @app.get("/who")
    async def who() -> dict[str, Any]:
        return {"pid": os.getpid(), "urls": settings.urls, "parent": os.getppid()}

    return app
