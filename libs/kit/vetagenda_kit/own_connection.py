"""A connection that one background task keeps, for the few statements it repeats all the time.

Past SQLAlchemy: the smallest transaction of a session costs ten times the processor time of the same
statements here. Commands and queries of a domain do not belong here.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg

from vetagenda_kit.db import Database, DatabaseLost

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,
)


class OwnConnection:
    """Sees all practices (the jobs role). A statement outside of `transaction()` is committed by itself.

    Raises DatabaseLost, or asyncpg's PostgresError for what the server refuses.
    """

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        """The rows, as asyncpg's records; parameters are `$1`, `$2`..."""
        with self._telling_of_loss():
            rows: list[Any] = await self._connection.fetch(statement, *values)
            return rows

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        with self._telling_of_loss():
            async with self._connection.transaction():
                yield

    @contextlib.contextmanager
    def _telling_of_loss(self) -> Iterator[None]:
        try:
            yield
        except _LOST as error:
            raise DatabaseLost from error
        except asyncpg.InterfaceError as error:
            if not self._connection.is_closed():
                raise
            raise DatabaseLost from error


@contextlib.asynccontextmanager
async def own_connection(database: Database) -> AsyncIterator[OwnConnection]:
    """Beside the pool's limit for requests; closed at the end."""
    async with database.connection_of_its_own() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        yield OwnConnection(raw.driver_connection)
