"""The calendar-sync service."""

from collections.abc import Mapping

import httpx
from fastapi import FastAPI

from vetagenda_calendar_sync.caldav import api as caldav
from vetagenda_calendar_sync.cycle.consumers import consumers
from vetagenda_calendar_sync.cycle.jobs import Cycles
from vetagenda_calendar_sync.google import api as google
from vetagenda_calendar_sync.links import api as links
from vetagenda_calendar_sync.settings import Settings
from vetagenda_kit.service import create_app


def create(
    settings: Settings, *, transports: Mapping[str, httpx.AsyncBaseTransport] | None = None
) -> FastAPI:
    cycles = Cycles()
    return create_app(
        "calendar-sync",
        settings,
        title="Calendar sync",
        routers=[caldav.router_, google.router_, links.router_],
        consumers=[consumers],
        jobs=[cycles.job()],
        on_start=[cycles.listen],
        transports=transports,
    )
