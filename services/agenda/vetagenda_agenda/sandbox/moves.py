"""One move of a practice's clock at a time: a lease in the database, for a move waits for other services.

No transaction is open while it waits, so a lock would not do.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from fastapi import Response
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_agenda.sandbox.tables import ClockMove
from vetagenda_kit import idempotency
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, WriteSession
from vetagenda_kit.idempotency import IdempotentCall
from vetagenda_kit.ids import uuid7
from vetagenda_kit.models import ViewModel
from vetagenda_kit.problems import Problem
from vetagenda_kit.service import Service

LEASE = timedelta(minutes=2)
"""Real time. Every step renews it: only a move whose process has died lets it run out."""


class ClockMoving(Problem):
    """Nothing of this move has happened, unless `detail` says otherwise."""

    status, code, title = 409, "clock-moving", "The clock is moving already"


@asynccontextmanager
async def move(db: Database, practice_id: UUID) -> AsyncIterator[UUID]:
    """The id of a move that is the only one until it is left. Raises ClockMoving."""
    async with db.writing([practice_id]) as session:
        move_id = await _begin(session, practice_id)
    try:
        yield move_id
    finally:
        async with db.writing([practice_id]) as session:
            await session.execute(delete(ClockMove).where(col(ClockMove.id) == move_id))


async def _begin(session: WriteSession, practice_id: UUID) -> UUID:
    now = system_now()
    values = {"id": uuid7(), "until": now + LEASE}
    statement = insert(ClockMove).values(practice_id=practice_id, **values)
    alone = statement.on_conflict_do_update(
        index_elements=["practice_id"], set_=values, where=col(ClockMove.until) <= now
    )
    move_id: UUID | None = await session.scalar(alone.returning(col(ClockMove.id)))
    if move_id is None:
        raise ClockMoving(
            "another move has not ended: repeat this one when it has", headers={"Retry-After": "1"}
        )
    return move_id


async def go_on(session: WriteSession, move_id: UUID) -> None:
    """Raises ClockMoving when another move has begun: this one stood still for longer than its lease."""
    renewed = update(ClockMove).where(col(ClockMove.id) == move_id).values(until=system_now() + LEASE)
    if await session.scalar(renewed.returning(col(ClockMove.id))) is None:
        raise ClockMoving("this move stood still for too long, and another one has begun: read the clock")


async def replay(service: Service, practice_id: UUID, call: IdempotentCall | None) -> None:
    """Raises Replay or IdempotencyMismatch for a key that has moved the clock already (PART-10)."""
    if call is not None:
        async with service.db.writing([practice_id]) as session:
            await idempotency.begin(session, call, service.cipher)


async def keep(service: Service, practice_id: UUID, call: IdempotentCall | None, answer: ViewModel) -> None:
    """For who sends the move again. A move that broke off keeps nothing: sent again it goes on from there."""
    if call is not None:
        response = Response(answer.model_dump_json(), media_type="application/json")
        async with service.db.writing([practice_id]) as session:
            await idempotency.keep(session, call, response, service.cipher)
