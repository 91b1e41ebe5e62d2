"""The smallest part of a platform: says who it is and what it was told."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI


@dataclass(frozen=True)
class TinySettings:
    database_url: str
    nats_url: str
    keys_file: Path
    urls: dict[str, str]
    log_level: str


def create(settings: TinySettings) -> FastAPI:
    app = FastAPI()

    @app.get("/who")
    async def who() -> dict[str, Any]:
        return {"pid": os.getpid(), "urls": settings.urls, "parent": os.getppid()}

    return app
