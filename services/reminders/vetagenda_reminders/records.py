"""What templates, rules and products have in common: made, read, changed under their version, deleted."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.etags import check_version
from vetagenda_kit.pages import PageRequest, encode_cursor
from vetagenda_kit.problems import InvalidRequest, NotFound
from vetagenda_reminders.tables import Tenant

Record = TypeVar("Record", bound=Tenant)


async def get(session: ReadSession | WriteSession, kind: type[Record], record_id: UUID) -> Record:
    record = await session.get(kind, record_id)
    if record is None:
        raise NotFound("there is no such thing here")
    return record


async def to_change(
    session: WriteSession, kind: type[Record], record_id: UUID, expected: int | None
) -> Record:
    """The record, locked, with its version grown. Raises NotFound and StaleVersion."""
    record = await session.get(kind, record_id, with_for_update=True)
    if record is None:
        raise NotFound("there is no such thing here")
    check_version(expected, record.version)
    record.version += 1
    return record


async def listed(
    session: ReadSession, kind: type[Record], paging: PageRequest
) -> tuple[list[Record], str | None]:
    """One page in order of making, and the next page's cursor."""
    query = select(kind).order_by(col(kind.id)).limit(paging.limit + 1)
    if paging.after is not None:
        query = query.where(col(kind.id) > _position(paging.after))
    found = list(await session.scalars(query))
    shown = found[: paging.limit]
    return shown, encode_cursor(str(shown[-1].id)) if len(found) > paging.limit else None


async def known(session: WriteSession, kind: type[Record], ids: list[UUID], pointer: str) -> list[Record]:
    """The records of these ids, in their order. Raises NotFound when one does not exist here."""
    found = {one.id: one for one in await session.scalars(select(kind).where(col(kind.id).in_(ids)))}
    if set(found) != set(ids):
        raise NotFound(f"{pointer}: there is no such thing here")
    return [found[one] for one in dict.fromkeys(ids)]


def _position(after: list[object]) -> UUID:
    try:
        (record_id,) = after
        return UUID(str(record_id))
    except ValueError:
        raise InvalidRequest.at("?cursor", "not a cursor of this list") from None
