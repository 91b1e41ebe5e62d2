"""Forgets once an hour, and in test practices when their clock moves."""

from vetagenda_kit.clock import system_now
from vetagenda_kit.retention import Retention
from vetagenda_kit.service import Service
from vetagenda_reminders.retention import commands


async def forget_own_words(service: Service) -> None:
    """In real time, as the texts that left."""
    async with service.db.jobs_writing() as session:
        await commands.forget_own_words(session, system_now() - service.settings.texts_kept_for)


def retention() -> Retention:
    return Retention(commands.forget_rows, lambda settings: settings.ledger_kept_for)
