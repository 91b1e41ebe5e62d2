"""Rows that are only added, written by one statement a table, whatever their number. To build and flush an
object for each takes longer than all else that is done with it."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Result, TextClause, text

from vetagenda_kit.db import WriteSession

_PENDING = "bulk"


Row = Mapping[str, Any]
"""Column by column, the same columns for all rows of a table."""


def add(session: WriteSession, table: str, row: Row) -> None:
    """At the commit; in this transaction no query sees it. The order is kept."""
    session.info.setdefault(_PENDING, {}).setdefault(table, []).append(row)


async def write_pending(session: WriteSession) -> None:
    """Just before the commit; what was added by objects is there before."""
    pending: dict[str, list[Row]] = session.info.pop(_PENDING, {})
    for table, rows in pending.items():
        await _write(session, table, rows)


async def insert(session: WriteSession, table: str, rows: Sequence[Row]) -> None:
    """At once."""
    if rows:
        await _write(session, table, rows)


async def insert_new(session: WriteSession, table: str, rows: Sequence[Row]) -> set[UUID]:
    """At once; the ids of those whose keys were not there yet, the others are left out."""
    if not rows:
        return set()
    written = await _write(session, table, rows, "ON CONFLICT DO NOTHING RETURNING id")
    return set(written.scalars())


async def _write(session: WriteSession, table: str, rows: Sequence[Row], ending: str = "") -> Result[Any]:
    return await session.execute(_insert(table, tuple(rows[0]), ending), {"rows": to_json(rows).decode()})


@cache
def _insert(table: str, columns: tuple[str, ...], ending: str) -> TextClause:
    """The table itself says how each text is read."""
    named = ", ".join(f'"{column}"' for column in columns)
    return text(
        f'INSERT INTO "{table}" ({named}) SELECT {named}'
        f' FROM jsonb_populate_recordset(CAST(NULL AS "{table}"), CAST(:rows AS jsonb)) {ending}'
    )
