"""Who has opted out; nothing here writes."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.pages import PageRequest
from vetagenda_sms.opt_outs.schemas import OptOuts, OptOutView
from vetagenda_sms.opt_outs.tables import OptOut


async def standing(session: ReadSession | WriteSession, practice_id: UUID, number_hash: str) -> OptOut | None:
    query = select(OptOut).where(
        col(OptOut.practice_id) == practice_id,
        col(OptOut.number_hash) == number_hash,
        col(OptOut.lifted_at).is_(None),
    )
    return (await session.scalars(query)).first()


async def among(session: WriteSession, hashes: Collection[str | None]) -> set[tuple[UUID, str]]:
    """Practice and number of those that have opted out, of all practices that the session sees."""
    query = select(col(OptOut.practice_id), col(OptOut.number_hash)).where(
        col(OptOut.number_hash).in_({each for each in hashes if each}), col(OptOut.lifted_at).is_(None)
    )
    return {(row.practice_id, row.number_hash) for row in await session.execute(query)}


async def hashes(session: ReadSession) -> frozenset[str]:
    """Of all numbers that the practice may not write to."""
    query = select(col(OptOut.number_hash)).where(col(OptOut.lifted_at).is_(None))
    return frozenset(await session.scalars(query))


async def newest_first(session: ReadSession, paging: PageRequest) -> OptOuts:
    query = select(OptOut).where(col(OptOut.lifted_at).is_(None)).order_by(col(OptOut.id).desc())
    if last := paging.after_id():
        query = query.where(col(OptOut.id) < last)
    found = await session.scalars(query.limit(paging.reach))
    shown, following = paging.cut(found.all())
    items = [OptOutView.model_validate(each) for each in shown]
    return OptOuts(items=items, next=following, count=await _count(session))


async def _count(session: ReadSession) -> int:
    query = select(func.count()).where(col(OptOut.lifted_at).is_(None))
    return await session.scalar(query) or 0
