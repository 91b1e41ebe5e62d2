"""Asks the agenda how large pools are, outside of any transaction."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from vetagenda_kit.jobs import Job
from vetagenda_kit.service import Service
from vetagenda_sms import practices
from vetagenda_sms.messages.rules import pool_month
from vetagenda_sms.quota import commands, waiting
from vetagenda_sms.quota.commands import PoolKey


async def ask(service: Service, keys: Iterable[PoolKey]) -> None:
    """Raises ServiceUnavailable. The pool first and the messages in a transaction of their own: whoever sends
    locks them the other way round."""
    for practice_id, month in sorted(keys):
        practice = await practices.ask(service, practice_id)
        async with service.db.jobs_writing() as session:
            pool = await commands.note_asked(session, (practice_id, month), practice.pool)
        async with service.db.jobs_writing() as session:
            await waiting.decide(session, practice_id, practice.now)
            await waiting.release(session, pool, practice.now)


async def look_again(service: Service, practice_id: UUID | None = None) -> None:
    """Somebody may have joined a practice whose messages wait, or a carrier refused one."""
    async with service.db.jobs_reading() as session:
        found = await waiting.practices(session, practice_id)
    for each in found:
        practice = await practices.ask(service, each)
        await ask(service, [(each, pool_month(practice.now, practice.zone))])


JOB = Job("pools", timedelta(minutes=1), look_again)
