"""Reading members. Row-level security shows those of the caller's practices only."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_gateway.tables import staff_member
from vetagenda_kit.db import ReadSession
from vetagenda_kit.problems import NotFound

Member = Row[Any]


async def one(session: AsyncSession, practice_id: UUID, id: UUID, *, lock: bool = False) -> Member:
    """Raises NotFound, also for a member of another practice."""
    mine = (staff_member.c.id == id) & (staff_member.c.practice_id == practice_id)
    statement = select(staff_member).where(mine)
    found = (await session.execute(statement.with_for_update() if lock else statement)).first()
    if found is None:
        raise NotFound("there is no such member")
    return found


async def page(session: ReadSession, practice_id: UUID, after: UUID | None, limit: int) -> Sequence[Member]:
    statement = select(staff_member).where(staff_member.c.practice_id == practice_id)
    if after is not None:
        statement = statement.where(staff_member.c.id > after)
    return (await session.execute(statement.order_by(staff_member.c.id).limit(limit))).all()
