"""Selects of the practice's records."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.pages import PageRequest
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.records.resource import Resource
from vetagenda_reminders.tables import Tenant

Record = TypeVar("Record", bound=Tenant)


async def get(session: ReadSession, resource: Resource[Record], record_id: UUID) -> Record:
    record = await session.get(resource.table, record_id)
    if record is None or not resource.holds(record):
        raise NotFound("there is no such thing here")
    return record


async def page(
    session: ReadSession, resource: Resource[Record], paging: PageRequest
) -> tuple[list[Record], str | None]:
    """One page in order of making, and the next page's cursor."""
    kind: type[Any] = resource.table
    query = select(kind).filter_by(**resource.fixed).order_by(col(kind.id)).limit(paging.reach)
    if last := paging.after_id():
        query = query.where(col(kind.id) > last)
    return paging.cut(list(await session.scalars(query)))


async def known(session: WriteSession, kind: type[Record], ids: list[UUID], pointer: str) -> list[Record]:
    """The records of these ids, in their order. Raises NotFound when one does not exist here."""
    if not ids:
        return []
    found = {one.id: one for one in await session.scalars(select(kind).where(col(kind.id).in_(ids)))}
    if set(found) != set(ids):
        raise NotFound(f"{pointer}: there is no such thing here")
    return [found[one] for one in dict.fromkeys(ids)]
