"""Finishes what a crash left between an intent and its outcome, and forgets old answers."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from vetagenda_booking.holds import commands as holds
from vetagenda_booking.intents import commands
from vetagenda_booking.intents.protocol import finish
from vetagenda_booking.tables import Intent
from vetagenda_kit.clock import system_now
from vetagenda_kit.idempotency import KEPT_FOR
from vetagenda_kit.jobs import Job
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.service import Service

BATCH = 50

log = logger("intents")


async def sweep(service: Service) -> None:
    """Every open intent that is due and that nobody works on; who has been due for the longest is first.

    Raises ServiceUnavailable while the agenda is away.
    """
    async with service.db.jobs_reading() as reading:
        now = system_now()
        due = select(col(Intent.id)).where(
            col(Intent.status).is_(None), col(Intent.next_try_at) <= now, col(Intent.leased_until) < now
        )
        left = list((await reading.scalars(due.order_by(col(Intent.next_try_at)).limit(BATCH))).all())
    for intent_id in left:
        async with service.db.jobs_writing() as session:
            intent = await commands.take_over(session, intent_id, system_now())
        if intent is not None:
            await _finish(service, intent)


async def _finish(service: Service, intent: Intent) -> None:
    try:
        response = await finish(service, intent)
        log.info("intent_finished", intent=str(intent.id), kind=intent.kind, status=response.status_code)
    except PeerProblem as problem:
        log.info("intent_refused", intent=str(intent.id), kind=intent.kind, code=problem.code)


async def prune(service: Service) -> None:
    """Answers are kept as long as Idempotency-Keys; ended holds serve nobody."""
    before = system_now() - KEPT_FOR
    async with service.db.jobs_writing() as session:
        await commands.prune(session, before)
        await holds.prune(session, before)


JOBS = (Job("finish-intents", timedelta(seconds=3), sweep), Job("forget-intents", timedelta(hours=1), prune))
