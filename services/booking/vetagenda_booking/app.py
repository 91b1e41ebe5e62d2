"""The booking service: who may book what, when and how far ahead."""

from collections.abc import Mapping

import httpx
from fastapi import FastAPI

from vetagenda_booking.desk.api import api as desk
from vetagenda_booking.erasures.api import api as erasures
from vetagenda_booking.holds.api import api as holds
from vetagenda_booking.intents import jobs as intents
from vetagenda_booking.links.api import api as links
from vetagenda_booking.links.internal_api import api as links_for_services
from vetagenda_booking.links.staff_api import api as links_for_people
from vetagenda_booking.owner_changes.api import api as owner_changes
from vetagenda_booking.profile.api import api as profile
from vetagenda_booking.requests import jobs as expiry
from vetagenda_booking.requests.api import api as requests
from vetagenda_booking.requests.consumers import consumers
from vetagenda_booking.retention.jobs import retention
from vetagenda_booking.settings import Settings
from vetagenda_booking.slots.api import api as slots
from vetagenda_booking.subject_access import api as subject_access
from vetagenda_kit.service import create_app

NAME = "booking"


def create(
    settings: Settings, *, transports: Mapping[str, httpx.AsyncBaseTransport] | None = None
) -> FastAPI:
    kept = retention()
    return create_app(
        NAME,
        settings,
        title="vetagenda booking",
        routers=[
            profile,
            slots,
            holds,
            requests,
            desk,
            owner_changes,
            links,
            links_for_people,
            links_for_services,
            erasures,
            subject_access,
        ],
        consumers=[consumers],
        jobs=[*intents.JOBS, *expiry.JOBS, kept.job],
        virtual_time=kept.with_time(expiry.VIRTUAL_TIME),
        transports=transports,
    )
