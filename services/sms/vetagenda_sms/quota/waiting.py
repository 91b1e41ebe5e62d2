"""Messages that wait for their month's pool to grow, or for the next month's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.quota import rules
from vetagenda_sms.quota.tables import Pool
from vetagenda_sms.tables import Message

_WAITS = (col(Message.status) == Status.PLANNED, col(Message.waits_for_pool))


async def decide(session: WriteSession, practice_id: UUID, now: datetime) -> None:
    """Those that only waited for the agenda's answer have their turn, whatever it was."""
    mine = update(Message).where(
        col(Message.id).in_(
            select(col(Message.id))
            .where(col(Message.practice_id) == practice_id, *_WAITS, col(Message.send_on) <= now)
            .order_by(col(Message.id))
            .with_for_update(skip_locked=True)
        )
    )
    turn = mine.values(queued_for=system_now(), waits_for_pool=False)
    await session.execute(turn.execution_options(synchronize_session=False))


async def release(session: WriteSession, pool: Pool, now: datetime) -> None:
    """As many as may have room are looked at again. Those that a worker has in hand are left to it."""
    room = rules.room(pool.allowance, pool.used)
    if room == 0:
        return
    query = (
        select(col(Message.id))
        .where(col(Message.practice_id) == pool.practice_id, *_WAITS)
        .order_by(col(Message.created_at), col(Message.id))
        .limit(room)
        .with_for_update(skip_locked=True)
    )
    ids = list(await session.scalars(query))
    if ids:
        again = update(Message).where(col(Message.id).in_(ids))
        values = {"queued_for": system_now(), "send_on": now, "waits_for_pool": False}
        await session.execute(again.values(values).execution_options(synchronize_session=False))


async def practices(session: ReadSession, practice_id: UUID | None) -> list[UUID]:
    """Live ones with messages that wait; or this one, if it has any."""
    whose = (
        col(Message.virtual).is_(False) if practice_id is None else col(Message.practice_id) == practice_id
    )
    return list(await session.scalars(select(col(Message.practice_id)).where(*_WAITS, whose).distinct()))
