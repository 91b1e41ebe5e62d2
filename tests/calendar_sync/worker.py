"""The calendar-sync service in a process of its own, to be killed."""

import asyncio
from multiprocessing.connection import Connection
from typing import Any

from vetagenda_calendar_sync.app import create
from vetagenda_calendar_sync.settings import Settings


def work(settings: dict[str, Any], begun: Connection) -> None:
    """Until killed."""
    asyncio.run(_work(Settings(**settings), begun))


async def _work(settings: Settings, begun: Connection) -> None:
    app = create(settings)
    async with app.router.lifespan_context(app):
        begun.send(True)
        await asyncio.Event().wait()
