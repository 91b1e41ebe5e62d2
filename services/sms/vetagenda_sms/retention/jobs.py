"""Forgets once an hour."""

from datetime import timedelta

from vetagenda_kit.clock import system_now
from vetagenda_kit.jobs import Job
from vetagenda_kit.service import Service
from vetagenda_sms.retention import commands


async def forget(service: Service) -> None:
    """In real time, also for a test practice."""
    async with service.db.jobs_writing() as session:
        now = system_now()
        await commands.forget_old(session, now, service.settings.texts_kept_for)
        await commands.forget_persons(session, now - service.settings.persons_kept_for)


JOB = Job("forget", timedelta(hours=1), forget)
