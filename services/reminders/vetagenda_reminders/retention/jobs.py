"""Forgets once an hour, and in test practices when their clock moves."""

from datetime import datetime
from uuid import UUID

from vetagenda_kit.clock import system_now
from vetagenda_kit.retention import Retention
from vetagenda_kit.service import Service
from vetagenda_reminders.retention import commands


async def forget_own_words(service: Service) -> None:
    """In real time, as the texts that left."""
    async with service.db.jobs_writing() as session:
        await commands.forget_own_words(session, system_now() - service.settings.texts_kept_for)


async def forget(service: Service, practice_id: UUID | None, now: datetime) -> None:
    before = now - service.settings.ledger_kept_for
    there_is_more = True
    while there_is_more:
        async with service.db.jobs_writing() as session:
            there_is_more = await commands.forget_rows(session, practice_id, before)


def retention() -> Retention:
    return Retention(forget)
