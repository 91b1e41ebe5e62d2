"""The table of what leaves for outside: of each service that calls there, in its own schema."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, MetaData, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import insert

from vetagenda_kit.db import Database, ReadSession
from vetagenda_kit.models import ViewModel

NUMBERS = ("calls", "failed", "messages", "parts", "bytes_sent", "bytes_received")
Key = tuple[UUID, date, str]
"""Practice, first day of the month in UTC, kind."""


class KindView(ViewModel):
    """One kind of one service's calls, in one month."""

    kind: str
    calls: int
    failed: int
    messages: int
    parts: int
    bytes_sent: int
    bytes_received: int


def table(metadata: MetaData) -> Table:
    """`month` is its first day, in UTC."""
    return Table(
        "outward_calls",
        metadata,
        Column("practice_id", Uuid, primary_key=True),
        Column("month", Date, primary_key=True),
        Column("kind", Text, primary_key=True),
        *(Column(name, BigInteger, nullable=False) for name in NUMBERS),
    )


_TABLE = table(MetaData())


async def add(database: Database, months: Mapping[Key, tuple[int, ...]]) -> None:
    """In one order everywhere, so that two processes never wait for each other."""
    added = insert(_TABLE).values([_row(key, months[key]) for key in sorted(months)])
    sums = {name: _TABLE.c[name] + added.excluded[name] for name in NUMBERS}
    async with database.jobs_writing() as session:
        key = ["practice_id", "month", "kind"]
        await session.execute(added.on_conflict_do_update(index_elements=key, set_=sums))


def _row(key: Key, numbers: tuple[int, ...]) -> dict[str, Any]:
    practice_id, month, kind = key
    of_row = {"practice_id": practice_id, "month": month, "kind": kind}
    return of_row | dict(zip(NUMBERS, numbers, strict=True))


async def of_month(session: ReadSession, practice_id: UUID, month: date) -> list[KindView]:
    """`month` is its first day."""
    query = select(_TABLE).where(_TABLE.c.practice_id == practice_id, _TABLE.c.month == month)
    return [KindView.model_validate(row) for row in await session.execute(query.order_by(_TABLE.c.kind))]
