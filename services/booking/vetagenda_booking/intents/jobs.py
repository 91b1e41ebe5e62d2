"""Finishes what a crash left between an intent and its outcome, and forgets old answers."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from vetagenda_booking.holds import commands as holds
from vetagenda_booking.intents import commands
from vetagenda_booking.intents.protocol import abandon, finish
from vetagenda_booking.tables import Intent
from vetagenda_kit.clock import system_now
from vetagenda_kit.idempotency import KEPT_FOR
from vetagenda_kit.jobs import Job
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.service import Service

BATCH = 50
FAULTY_AFTER = timedelta(hours=1)
"""An order at which the agenda has failed for so long is a fault of ours: it would fail for ever."""

log = logger("intents")


async def sweep(service: Service) -> None:
    """Every open intent whose lease has passed. Raises ServiceUnavailable while the agenda is away."""
    async with service.db.jobs_reading() as reading:
        overdue = select(col(Intent.id)).where(
            col(Intent.status).is_(None), col(Intent.leased_until) < system_now()
        )
        left = list((await reading.scalars(overdue.order_by(col(Intent.created_at)).limit(BATCH))).all())
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
        if problem.status >= 500 and intent.created_at < system_now() - FAULTY_AFTER:
            log.error("intent_given_up", intent=str(intent.id), kind=intent.kind)
            await abandon(service, intent)


async def prune(service: Service) -> None:
    """Answers are kept as long as Idempotency-Keys; ended holds serve nobody."""
    before = system_now() - KEPT_FOR
    async with service.db.jobs_writing() as session:
        await commands.prune(session, before)
        await holds.prune(session, before)


JOBS = (Job("finish-intents", timedelta(seconds=3), sweep), Job("forget-intents", timedelta(hours=1), prune))
