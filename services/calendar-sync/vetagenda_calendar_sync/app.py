"""The calendar-sync service."""

from collections.abc import Mapping

import httpx
from fastapi import FastAPI

from vetagenda_calendar_sync.cycle.consumers import consumers
from vetagenda_calendar_sync.cycle.jobs import Cycles
from vetagenda_calendar_sync.feeds import api as feeds
from vetagenda_calendar_sync.google import api as google
from vetagenda_calendar_sync.links import api as links
from vetagenda_calendar_sync.pauses import api as pauses
from vetagenda_calendar_sync.settings import Settings
from vetagenda_calendar_sync.setup import api as setup
from vetagenda_calendar_sync.status import api as status
from vetagenda_calendar_sync.status.retention import FORGETTING
from vetagenda_kit.service import create_app


def create(
    settings: Settings, *, transports: Mapping[str, httpx.AsyncBaseTransport] | None = None
) -> FastAPI:
    cycles = Cycles()
    return create_app(
        "calendar-sync",
        settings,
        title="Calendar sync",
        routers=[
            google.router_,
            pauses.of_practice,
            pauses.of_platform,
            links.router_,
            status.router_,
            feeds.router_,
            feeds.public,
            setup.router_,
            setup.public,
        ],
        consumers=[consumers],
        jobs=[cycles.job(), FORGETTING],
        on_start=[cycles.listen],
        transports=transports,
    )
