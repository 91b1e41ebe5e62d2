"""Forgets once an hour, and in test practices when their clock moves."""

from datetime import datetime
from uuid import UUID

from vetagenda_booking.retention import commands
from vetagenda_kit.retention import Retention
from vetagenda_kit.service import Service


async def forget(service: Service, practice_id: UUID | None, now: datetime) -> None:
    before = now - service.settings.requests_kept_for
    there_is_more = True
    while there_is_more:
        async with service.db.jobs_writing() as session:
            there_is_more = await commands.forget_requests(session, practice_id, before)


def retention() -> Retention:
    return Retention(forget)
