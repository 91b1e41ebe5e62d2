"""The rows that one booking leaves in the database, and their bare insertion: the peer of a booking.

The rows are found by looking at what is new in every table of the services that take part, and put into
copies of those tables with the same columns and indexes.
"""

import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg

from vetagenda_embedded.platform import Platform

SCHEMAS = ("agenda", "booking")
COPIES = "load_copies"
ID_COLUMNS = ("id", "event_id")
Row = dict[str, Any]
Connection: TypeAlias = "asyncpg.Connection[Any]"


@dataclass(frozen=True)
class Rows:
    """New rows by table (`schema.table`), in the transaction's order of tables."""

    by_table: dict[str, list[Row]]

    @property
    def new_ids(self) -> frozenset[UUID]:
        named = (row.get(column) for rows in self.by_table.values() for row in rows for column in ID_COLUMNS)
        return frozenset(each for each in named if isinstance(each, UUID))

    def __str__(self) -> str:
        count = sum(map(len, self.by_table.values()))
        return f"{count} rows in {len(self.by_table)} tables"


async def of_one(platform: Platform, act: Callable[[], Awaitable[Any]]) -> Rows:
    """What an action leaves that was not there before."""
    connection = await _connect(platform)
    try:
        before = await _present(connection)
        await act()
        after = await _present(connection)
        found = {
            table: [row for key, row in rows.items() if key not in before[table]]
            for table, rows in after.items()
        }
        return Rows({table: rows for table, rows in found.items() if rows})
    finally:
        await connection.close()


def _new(before: dict[str, Row], after: dict[str, Row]) -> list[Row]:
    return [row for place, row in after.items() if place not in before]


class Writer:
    """One connection that commits the rows again and again, each time as those of another booking."""

    def __init__(self, connection: Connection, rows: Rows, numbers: "itertools.count[int]") -> None:
        self._connection = connection
        self._rows = rows
        self._numbers = numbers

    async def commit_once(self) -> None:
        renamed = _Renamed(next(self._numbers), self._rows.new_ids)
        async with self._connection.transaction():
            for table, rows in self._rows.by_table.items():
                await self._connection.executemany(
                    _insert(table, rows[0]), [tuple(map(renamed.of, row.values())) for row in rows]
                )


@asynccontextmanager
async def writers(platform: Platform, rows: Rows, connections: int) -> AsyncIterator[list[Writer]]:
    numbers = itertools.count(1)
    async with AsyncExitStack() as stack:
        first = await _connect(platform)
        stack.push_async_callback(first.close)
        await _make_copies(first, rows)
        stack.push_async_callback(first.execute, f"DROP SCHEMA {COPIES} CASCADE")
        made = []
        for _ in range(connections):
            connection = await _connect(platform)
            stack.push_async_callback(connection.close)
            made.append(Writer(connection, rows, numbers))
        yield made


class _Renamed:
    """Values of another booking: each new thing has another id, the same one wherever it is named, and all
    times are later."""

    def __init__(self, number: int, new: frozenset[UUID]) -> None:
        self._later = timedelta(days=number)
        self._ids = {each: uuid4() for each in new}

    def of(self, value: Any) -> Any:
        match value:
            case UUID():
                return self._ids.get(value, value)
            case list():
                return [self.of(each) for each in value]
            case bytes():
                return os.urandom(len(value))
            case datetime():
                return value + self._later
            case asyncpg.Range():
                return asyncpg.Range(self.of(value.lower), self.of(value.upper))
            case _:
                return value


async def _connect(platform: Platform) -> Connection:
    return await asyncpg.connect(platform.database_url().replace("+asyncpg", "", 1))


async def _present(connection: Connection) -> dict[str, dict[str, Row]]:
    """All rows by table and place, without what the database computes by itself."""
    columns = await connection.fetch(
        """SELECT table_schema || '.' || table_name AS name, array_agg('"' || column_name || '"') AS columns
           FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
           WHERE table_schema = ANY($1) AND table_type = 'BASE TABLE'
             AND is_generated = 'NEVER' AND is_identity = 'NO'
           GROUP BY 1 ORDER BY 1""",
        list(SCHEMAS),
    )
    present: dict[str, dict[str, Row]] = {}
    for name, listed in columns:
        rows = [dict(row) for row in await connection.fetch(_everything(name, listed))]
        present[name] = {row.pop("ctid"): row for row in rows}
    return present


def _everything(table: str, columns: list[str]) -> str:
    return f"SELECT ctid::text, {', '.join(columns)} FROM {table}"


async def _make_copies(connection: Connection, rows: Rows) -> None:
    await connection.execute(f"CREATE SCHEMA {COPIES}")
    for table in rows.by_table:
        await connection.execute(f"CREATE TABLE {_copy(table)} (LIKE {table} INCLUDING ALL)")


def _insert(table: str, row: Row) -> str:
    columns = ", ".join(f'"{column}"' for column in row)
    places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    return f"INSERT INTO {_copy(table)} ({columns}) VALUES ({places})"


def _copy(table: str) -> str:
    return f"{COPIES}.{table.replace('.', '_')}"
