"""The calendar-sync service."""

from collections.abc import Mapping
from datetime import timedelta

import httpx
from fastapi import FastAPI

from vetagenda_calendar_sync.blocks.ended import WITHDRAWAL
from vetagenda_calendar_sync.caldav import api as caldav
from vetagenda_calendar_sync.cycle.consumers import consumers
from vetagenda_calendar_sync.cycle.jobs import Cycles
from vetagenda_calendar_sync.decisions import api as decisions
from vetagenda_calendar_sync.erasures import api as erasures
from vetagenda_calendar_sync.feeds import api as feeds
from vetagenda_calendar_sync.google import api as google
from vetagenda_calendar_sync.google.farewells import say_farewells
from vetagenda_calendar_sync.google.notifications import notifications
from vetagenda_calendar_sync.links import api as links
from vetagenda_calendar_sync.links import queries
from vetagenda_calendar_sync.pauses import api as pauses
from vetagenda_calendar_sync.settings import Settings
from vetagenda_calendar_sync.setup import api as setup
from vetagenda_calendar_sync.setup import caldav_api as caldav_setup
from vetagenda_calendar_sync.setup import google_api as google_setup
from vetagenda_calendar_sync.setup.session import answer_who_has_no_session
from vetagenda_calendar_sync.status import api as status
from vetagenda_calendar_sync.status.retention import FORGETTING
from vetagenda_calendar_sync.subject_access import api as subject_access
from vetagenda_kit.backlogs import Backlog
from vetagenda_kit.jobs import Job
from vetagenda_kit.service import create_app


def create(
    settings: Settings, *, transports: Mapping[str, httpx.AsyncBaseTransport] | None = None
) -> FastAPI:
    cycles = Cycles()
    app = create_app(
        "calendar-sync",
        settings,
        backlogs=[
            Backlog(
                "calendar_links_oldest_seconds",
                "Since when the live link that has waited longest had no cycle without trouble",
                lambda _now: queries.longest_without_success(),
            )
        ],
        title="Calendar sync",
        routers=[
            caldav.router_,
            google.router_,
            notifications,
            pauses.of_practice,
            pauses.of_platform,
            links.router_,
            decisions.router_,
            status.router_,
            feeds.router_,
            feeds.public,
            setup.router_,
            setup.public,
            caldav_setup.public,
            google_setup.public,
            erasures.api,
            subject_access,
        ],
        consumers=[consumers],
        jobs=[
            cycles.job(),
            WITHDRAWAL,
            Job("google-farewells", timedelta(seconds=5), say_farewells),
            FORGETTING,
        ],
        on_start=[cycles.listen],
        transports=transports,
        calls_outside=True,
    )
    answer_who_has_no_session(app)
    return app
