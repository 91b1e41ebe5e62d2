"""Notes and lifts an opt-out, which stops what is planned."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import OptOutLifted, OptOutRecorded
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_sms.messages import telling
from vetagenda_sms.messages.rules import Reason, Status
from vetagenda_sms.opt_outs import queries
from vetagenda_sms.opt_outs.tables import OptOut, Source
from vetagenda_sms.tables import Message


async def note_opt_out(
    session: WriteSession, practice_id: UUID, number_hash: str, source: Source, at: datetime, actor: Actor
) -> bool:
    """Nothing leaves to this number any more, also not what is planned. False when it was known.

    The row comes first: of two that say the same the second waits here and then has nothing to do. What a
    worker has in hand at this moment was sent before; what is ordered at this moment is stopped when it would
    leave.
    """
    wish = OptOut(
        id=uuid7(), practice_id=practice_id, number_hash=number_hash, source=source, opted_out_at=at
    )
    noted = insert(OptOut).values(wish.model_dump()).on_conflict_do_nothing().returning(col(OptOut.id))
    if await session.scalar(noted) is None:
        return False
    outbox.add(session, OptOutRecorded(**_said(wish, 1, source, at, actor), scope="all"))
    await _suppress(session, wish, actor)
    return True


async def _suppress(session: WriteSession, wish: OptOut, actor: Actor) -> None:
    planned = (
        select(Message)
        .where(
            col(Message.practice_id) == wish.practice_id,
            col(Message.number_hash) == wish.number_hash,
            col(Message.status) == Status.PLANNED,
        )
        .order_by(col(Message.id))
        .with_for_update()
    )
    for message in await session.scalars(planned):
        telling.suppress(session, message, Reason.OPTED_OUT, wish.opted_out_at, actor)


async def lift(
    session: WriteSession, practice_id: UUID, number_hash: str, source: Source, at: datetime, actor: Actor
) -> bool:
    """SMS leave to this number again. False when none were held back."""
    wish = await queries.standing(session, practice_id, number_hash)
    if wish is None:
        return False
    await session.refresh(wish, with_for_update=True)
    if wish.lifted_at is not None:
        return False
    wish.lifted_at = at
    outbox.add(session, OptOutLifted(**_said(wish, 2, source, at, actor)))
    return True


def _said(wish: OptOut, version: int, source: Source, at: datetime, actor: Actor) -> dict[str, Any]:
    return {
        "practice_id": wish.practice_id,
        "actor": actor,
        "aggregate_id": wish.id,
        "version": version,
        "source": source.value,
        "at": at,
    }
