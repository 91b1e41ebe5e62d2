"""Routes that every service has: health, metrics, and the internal ones of the platform's own tools."""

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select, text

from vetagenda_kit import backlogs, outbox
from vetagenda_kit import consumers as consuming
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.clock import system_now
from vetagenda_kit.models import Instant, RequestModel, ViewModel
from vetagenda_kit.plumbing import dead_letter
from vetagenda_kit.plumbing import outbox as outbox_table
from vetagenda_kit.problems import NotFound, ServiceUnavailable
from vetagenda_kit.routing import router as transactional

if TYPE_CHECKING:
    from vetagenda_kit.service import Service

SETTLE_LIMIT = timedelta(seconds=15)
router = APIRouter(include_in_schema=False)
internal = transactional(tags=["internal"], prefix="/internal")
internal.include_in_schema = False


def _service(request: Request) -> "Service":
    service: Service = request.app.state.service
    return service


@router.get("/livez")
async def livez() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, Any]:
    """Ready when the database answers. NATS may be away: events wait in the outbox."""
    service = _service(request)
    try:
        async with service.db.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception as error:
        raise ServiceUnavailable("the database does not answer") from error
    return {"status": "ok", "nats": bool(service.bus and service.bus.is_up)}


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    service = _service(request)
    await backlogs.measure(service.db, service.metrics, service.backlogs)
    return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)


class RunDue(RequestModel):
    practice_id: UUID
    until: Instant


class RanDue(ViewModel):
    """What was done, a line each, and the next instant with something to do.

    `mark` grows with every event of the practice: the same one again means that nothing has happened.
    """

    ran: list[str]
    next_due: datetime | None
    mark: int


@internal.post("/run-due")
async def run_due(order: RunDue, request: Request, _caller: ServiceCaller) -> RanDue:
    """Hear all that others told, then do what is due in a test practice at `until`, its present instant."""
    service = _service(request)
    try:
        async with asyncio.timeout(SETTLE_LIMIT.total_seconds()):
            await _until(lambda: _published(service, order.practice_id))
            for subscription in service.subscriptions:
                await _caught_up(service, subscription)
    except TimeoutError as error:
        raise ServiceUnavailable(f"{service.name} still has events to handle") from error
    ran = await service.virtual_time.run_due(service, order.practice_id, order.until)
    next_due = await service.virtual_time.next_due(service, order.practice_id)
    return RanDue(ran=ran, next_due=next_due, mark=await _mark(service, order.practice_id))


async def _mark(service: "Service", practice_id: UUID) -> int:
    async with service.db.jobs_reading() as session:
        last = select(func.coalesce(func.max(outbox_table.c.id), 0))
        mark: int = (
            await session.execute(last.where(outbox_table.c.practice_id == practice_id))
        ).scalar_one()
        return mark


async def _until(done: Any) -> None:
    while not await done():
        await asyncio.sleep(0.01)


async def _published(service: "Service", practice_id: UUID) -> bool:
    if service.relay is None:
        return True
    async with service.db.jobs_reading() as session:
        waiting = select(outbox_table.c.id).where(
            outbox_table.c.practice_id == practice_id, outbox_table.c.published_at.is_(None)
        )
        return (await session.execute(waiting.limit(1))).first() is None


async def _caught_up(service: "Service", subscription: consuming.Subscription) -> None:
    """Until what was told when this was asked. One that has just begun joins its streams meanwhile: that is
    waited for too."""
    assert service.bus
    jetstream = await service.bus.jetstream()
    target: int | None = None

    async def done() -> bool:
        nonlocal target
        with contextlib.suppress(NotFoundError):
            if target is None:
                target = (await jetstream.stream_info(subscription.stream)).state.last_seq
            return subscription.had_until == target or await _has_heard(jetstream, subscription, target)
        return False

    await _until(done)
    subscription.had_until = target or 0


async def _has_heard(jetstream: JetStreamContext, subscription: consuming.Subscription, target: int) -> bool:
    info = await jetstream.consumer_info(subscription.stream, subscription.durable)
    floor = info.ack_floor.stream_seq if info.ack_floor else 0
    return (floor or 0) >= target or (info.num_pending == 0 and info.num_ack_pending == 0)


class DeadLetter(ViewModel):
    id: int
    consumer: str
    event_id: UUID
    practice_id: UUID
    type: str
    error: str
    dead_at: datetime
    replayed_at: datetime | None


@internal.get("/dead-letters")
async def dead_letters(request: Request, _caller: ServiceCaller) -> list[DeadLetter]:
    async with _service(request).db.jobs_reading() as session:
        rows = await session.execute(select(dead_letter).order_by(dead_letter.c.id).limit(500))
        return [DeadLetter.model_validate(row) for row in rows]


@internal.post("/dead-letters/{letter_id}/replay")
async def replay_dead_letter(letter_id: int, request: Request, _caller: ServiceCaller) -> dict[str, str]:
    service = _service(request)
    for each in service.consumers:
        if await consuming.replay(service.db, each, letter_id, service):
            return {"status": "replayed"}
    raise NotFound("there is no open dead letter with this id")


class Republish(RequestModel):
    """Publish again what was published since then: consumers drop what they have already had."""

    since: Instant


@internal.post("/republish")
async def republish(order: Republish, request: Request, _caller: ServiceCaller) -> dict[str, Any]:
    service = _service(request)
    async with service.db.jobs_writing() as session:
        count = await outbox.republish(session, order.since)
    if service.relay:
        service.relay.wake()
    return {"republished": count, "at": system_now()}
