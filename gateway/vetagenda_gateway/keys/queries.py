"""Reading keys. Row-level security shows a caller the keys whose practices it was all granted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_gateway.tables import api_key, api_key_use
from vetagenda_kit.caller import Caller
from vetagenda_kit.db import ReadSession, WriteSession, jobs_role_of
from vetagenda_kit.problems import NotFound

_AS_JOB = text("SELECT set_config('role', :role, true)")


async def see_all_if_operator(session: AsyncSession, caller: Caller) -> None:
    """An operator's key manages every key: this transaction then sees them all."""
    if caller.practices is None:
        await session.execute(_AS_JOB, {"role": jobs_role_of("gateway")})


async def by_digest(session: ReadSession, digest: bytes) -> Row[Any] | None:
    return (await session.execute(select(api_key).where(api_key.c.digest == digest))).first()


async def by_id(session: AsyncSession, key_id: UUID) -> Row[Any] | None:
    key: Row[Any] | None = (await session.execute(_with_use().where(api_key.c.id == key_id))).first()
    return key


async def one(session: AsyncSession, key_id: UUID) -> Row[Any]:
    """Raises NotFound, also for a key of other practices."""
    return _found(await by_id(session, key_id))


async def locked(session: WriteSession, key_id: UUID) -> Row[Any]:
    """The key, which nobody else changes until this transaction ends. Raises NotFound."""
    statement = select(api_key).where(api_key.c.id == key_id).with_for_update()
    return _found((await session.execute(statement)).first())


async def page(session: ReadSession, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    statement = _with_use().order_by(api_key.c.id).limit(limit)
    if after is not None:
        statement = statement.where(api_key.c.id > after)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


def _with_use() -> Select[Any]:
    used = api_key.outerjoin(api_key_use, api_key_use.c.key_id == api_key.c.id)
    return select(api_key, api_key_use.c.last_used_at).select_from(used)


def _found(key: Row[Any] | None) -> Row[Any]:
    if key is None:
        raise NotFound("there is no such key")
    return key
