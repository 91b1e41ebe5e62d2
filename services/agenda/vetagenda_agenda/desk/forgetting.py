"""What the desk keeps of people, and how it goes: with an erasure, and when it is old (PLAT-2)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk.callbacks import agreeing
from vetagenda_agenda.desk.callbacks import queries as call_backs
from vetagenda_agenda.desk.messages import commands as messages
from vetagenda_agenda.desk.tables import CallBack, CallBackAsk, Message
from vetagenda_agenda.tables import Owner, Practice
from vetagenda_kit.db import WriteSession

AT_ONCE = 500


async def messages_of(session: AsyncSession, owner: Owner, numbers: Collection[str]) -> Sequence[Message]:
    """Those about the owner, and those with a number or an address that is theirs and nobody else's."""
    written = await _by_address(session, owner, col(Message.contact_email))
    theirs = col(Message.owner_id).is_(None) & or_(col(Message.contact_number).in_(numbers), written)
    query = select(Message).where(
        col(Message.practice_id) == owner.practice_id, or_(col(Message.owner_id) == owner.id, theirs)
    )
    return (await session.scalars(query.order_by(col(Message.id)))).all()


async def call_backs_of(session: AsyncSession, owner: Owner, numbers: Collection[str]) -> Sequence[CallBack]:
    asked = await _by_address(session, owner, col(CallBack.email))
    theirs = col(CallBack.owner_id).is_(None) & or_(col(CallBack.number).in_(numbers), asked)
    query = select(CallBack).where(
        col(CallBack.practice_id) == owner.practice_id, or_(col(CallBack.owner_id) == owner.id, theirs)
    )
    return (await session.scalars(query.order_by(col(CallBack.id)))).all()


async def _by_address(session: AsyncSession, owner: Owner, column: Any) -> ColumnElement[bool]:
    """Whether it is the owner's e-mail address, which nobody else of the practice has."""
    others = select(col(Owner.id)).where(
        col(Owner.practice_id) == owner.practice_id,
        func.lower(col(Owner.email)) == (owner.email or "").lower(),
        col(Owner.id) != owner.id,
        col(Owner.deleted_at).is_(None),
    )
    if not owner.email or (await session.scalars(others.limit(1))).first() is not None:
        return false()
    return func.lower(column) == owner.email.lower()


async def asks_of(session: AsyncSession, found: Sequence[CallBack]) -> Sequence[CallBackAsk]:
    query = select(CallBackAsk).where(col(CallBackAsk.call_back_id).in_([each.id for each in found]))
    return (await session.scalars(query.order_by(col(CallBackAsk.id)))).all()


async def erase(
    session: WriteSession, owner: Owner, numbers: Collection[str], context: Context
) -> list[UUID]:
    """Nobody is called any more, and no word stays. Answers the appointments in which calls were agreed,
    which the erasure empties and cancels."""
    for message in await messages_of(session, owner, numbers):
        message.owner_id = None
        messages.forget_words(message)
        message.version += 1
    appointment_ids = []
    for row in await call_backs_of(session, owner, numbers):
        if row.closed_at is None:
            found = await call_backs.one(session, row.practice_id, row.id, lock=True)
            agreeing.end(session, found, "withdrawn", context)
        appointment_ids += [row.appointment_id] if row.appointment_id else []
        row.owner_id = None
        await _forget(session, [row])
    return appointment_ids


@dataclass(frozen=True)
class Held:
    """All of it, for who asks what is known of them."""

    messages: Sequence[Message]
    call_backs: Sequence[CallBack]
    call_back_requests: Sequence[CallBackAsk]


async def held(session: AsyncSession, owner: Owner, numbers: Collection[str]) -> Held:
    waited = await call_backs_of(session, owner, numbers)
    return Held(await messages_of(session, owner, numbers), waited, await asks_of(session, waited))


async def forget_words(session: WriteSession, practice_id: UUID | None, before: datetime) -> bool:
    """Of one test practice or of all live ones (None). True when there may be more."""
    old = await session.scalars(_old(Message, col(Message.posted_at) < before, practice_id))
    written = old.all()
    for message in written:
        messages.forget_words(message)
    closed = col(CallBack.closed_at) < before
    waited = (await session.scalars(_old(CallBack, closed, practice_id))).all()
    await _forget(session, waited)
    return AT_ONCE in (len(written), len(waited))


def _old(table: type[Any], is_old: ColumnElement[bool], practice_id: UUID | None) -> Select[Any]:
    live = select(col(Practice.id)).where(~col(Practice.test))
    whose = col(table.practice_id).in_(live) if practice_id is None else col(table.practice_id) == practice_id
    query = select(table).where(is_old, ~col(table.words_gone), whose)
    return query.order_by(col(table.id)).limit(AT_ONCE).with_for_update(skip_locked=True)


async def _forget(session: WriteSession, rows: Sequence[CallBack]) -> None:
    for row in rows:
        row.name, row.reason = "", ""
        row.phone = row.number = row.email = None
        row.words_gone = True
    of_them = col(CallBackAsk.call_back_id).in_([row.id for row in rows])
    await session.execute(update(CallBackAsk).where(of_them).values(reason=""))
