"""PostgreSQL: sessions that read, sessions that write, and row-level security under both.

Every transaction says first whose rows it may see (the practices of its caller), so a query that
forgets its filter returns nothing of another practice. Jobs across practices use a role of their own.
"""

import json
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Depends, Request
from sqlalchemy import DateTime, Dialect, TypeDecorator, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from vetagenda_kit.caller import Caller, CurrentCaller, as_uuid
from vetagenda_kit.scoped_connection import ScopedConnection

PRACTICES = "vetagenda.practices"
_AS_CALLER = text(f"SELECT set_config('{PRACTICES}', :practices, true)")


class UtcDateTime(TypeDecorator[datetime]):
    """timestamptz that refuses naive values and always answers in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs its offset")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class ReadSession(AsyncSession):
    """Only selects; the database refuses anything else."""


class WriteSession(AsyncSession):
    """One unit of work. Commands take this type, so a query cannot write by accident."""

    async def also_see(self, *practices: UUID) -> None:
        """Widen what this transaction sees: a practice that has just been made."""
        await self.execute(_AS_CALLER, {"practices": pg_array(practices)})


async def _begin_with(connection: AsyncConnection, scope: str) -> None:
    """The transaction begins with its first statement, and begins by saying this."""
    raw = await connection.get_raw_connection()
    assert isinstance(raw.driver_connection, ScopedConnection)
    raw.driver_connection.scope = scope


def _as_caller(practices: Collection[UUID]) -> str:
    return f"SELECT set_config('{PRACTICES}', '{pg_array(practices)}', true);"


def _unscoped(connection: Any, _record: Any) -> None:
    """A connection that goes back without having begun carries nobody's scope to the next."""
    if connection is not None:
        connection.driver_connection.scope = None


def pg_array(practices: Collection[UUID]) -> str:
    return "{" + ",".join(str(practice) for practice in practices) + "}"


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's five-character code of a failed statement, if it has one."""
    original = getattr(error, "orig", None)
    return getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)


def violated_constraint(error: DBAPIError) -> str | None:
    cause = getattr(error.orig, "__cause__", None)
    return getattr(cause, "constraint_name", None)


class DatabaseLost(Exception):
    """A connection kept by a background task is gone, and with it every lock that it held: begin anew."""


_NOT_NOW = {"57P01", "57P02", "57P03", "53300"}  # shutting down, crashed, starting up, too many


def is_away(error: BaseException) -> bool:
    """True when the server could not be reached, as opposed to having refused the statement.

    Of a group: when there is nothing else in it.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(is_away(each) for each in error.exceptions)
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or sqlstate(error) in _NOT_NOW
    away = (
        OSError | DatabaseLost | PoolTimeout | asyncpg.PostgresConnectionError | asyncpg.CannotConnectNowError
    )
    return isinstance(error, away)


BeforeCommit = Callable[[WriteSession], Any]


class Database:
    """One service's door to its schema. Build one per app, never per module."""

    def __init__(self, url: str, service: str, *, pool_size: int = 10) -> None:
        self.schema = schema_of(service)
        self.jobs_role = jobs_role_of(service)
        self.engine = make_engine(url, self.schema, pool_size)
        self.before_commit: list[BeforeCommit] = []
        self.after_commit: list[Callable[[WriteSession], None]] = []

    def reading(self, practices: Collection[UUID]) -> AbstractAsyncContextManager[ReadSession]:
        return self._read(_as_caller(practices))

    def jobs_reading(self) -> AbstractAsyncContextManager[ReadSession]:
        return self._read(f"SET LOCAL ROLE {self.jobs_role};")

    def writing(self, practices: Collection[UUID]) -> AbstractAsyncContextManager[WriteSession]:
        return self._write(_as_caller(practices))

    def jobs_writing(self) -> AbstractAsyncContextManager[WriteSession]:
        return self._write(f"SET LOCAL ROLE {self.jobs_role};")

    @asynccontextmanager
    async def _read(self, scope: str) -> AsyncIterator[ReadSession]:
        async with ReadSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            connection = await session.connection(execution_options={"postgresql_readonly": True})
            await _begin_with(connection, scope)
            yield session

    @asynccontextmanager
    async def _write(self, scope: str) -> AsyncIterator[WriteSession]:
        async with WriteSession(self.engine, expire_on_commit=False) as session:
            await _begin_with(await session.connection(), scope)
            yield session
            for prepare in self.before_commit:
                await prepare(session)
            await session.commit()
            for tell in self.after_commit:
                tell(session)

    @asynccontextmanager
    async def connection_of_its_own(self) -> AsyncIterator[AsyncConnection]:
        """Autocommit, as the jobs role for the whole of its life: for the relay's lock and reads."""
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text(f"SET ROLE {self.jobs_role}"))
            try:
                yield connection
            finally:
                await connection.invalidate()

    async def close(self) -> None:
        await self.engine.dispose()


def runtime_role_of(service: str) -> str:
    return f"vetagenda_{schema_of(service)}"


def jobs_role_of(service: str) -> str:
    return f"vetagenda_{schema_of(service)}_jobs"


def schema_of(service: str) -> str:
    return service.replace("-", "_")


def make_engine(url: str, schema: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        json_serializer=lambda value: json.dumps(value, default=str, ensure_ascii=False),
        connect_args={
            "connection_class": ScopedConnection,
            "timeout": 5,
            "server_settings": {
                "search_path": schema,
                "application_name": schema,
                "timezone": "UTC",
                "jit": "off",
            },
        },
    )
    event.listen(engine.sync_engine, "checkin", _unscoped)
    return engine


def visible_practices(request: Request) -> Collection[UUID]:
    """The practice in the path, otherwise all that the caller was granted."""
    practice_id = request.path_params.get("practice_id")
    if practice_id is not None:
        return (as_uuid(practice_id),)
    caller: Caller | None = getattr(request.state, "caller", None)
    return caller.practices or () if caller else ()


async def _now(request: Request) -> datetime | None:
    practice_id = request.path_params.get("practice_id")
    if practice_id is None:
        return None
    now: datetime = await request.app.state.service.clock.now(as_uuid(practice_id))
    return now


Now = Annotated[datetime, Depends(_now)]
"""The practice's present instant. Sessions depend on it, so that it is asked before a connection is
taken: a request never holds one connection while it waits for another."""


async def _reading(request: Request, _caller: CurrentCaller, _now: Now) -> AsyncIterator[ReadSession]:
    database: Database = request.app.state.service.db
    async with database.reading(visible_practices(request)) as session:
        yield session


Read = Annotated[ReadSession, Depends(_reading, scope="function")]
