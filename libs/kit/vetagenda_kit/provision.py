"""Prepares a database for a service: its schema, its runtime role and its role for jobs.

The administrator's role owns the tables and runs the migrations. The runtime role may only read and
write rows, under row-level security; the jobs role sees every practice and is taken on for a
transaction by a job, never inherited.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from vetagenda_kit.db import jobs_role_of, runtime_role_of, schema_of

OLDEST_SERVER = 14
_LOCK = 0x7E7A6E  # any number: provisioning happens one at a time


class ServerTooOld(RuntimeError):
    """PostgreSQL is older than what the schema needs."""


async def provision(admin_url: str, service: str, *, password: str | None = None) -> None:
    """Idempotent. `admin_url` is `postgresql+asyncpg://...`, allowed to create roles and schemas."""
    engine = create_async_engine(admin_url)
    try:
        async with engine.begin() as connection:
            await _check_server(connection)
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            await connection.execute(text("CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public"))
            await _roles(connection, service, password)
            await _schema(connection, service)
    finally:
        await engine.dispose()


async def _check_server(connection: AsyncConnection) -> None:
    version = int(await connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    if version < OLDEST_SERVER:
        raise ServerTooOld(f"PostgreSQL {version} is too old: {OLDEST_SERVER} or newer is needed")


async def _roles(connection: AsyncConnection, service: str, password: str | None) -> None:
    runtime, jobs = runtime_role_of(service), jobs_role_of(service)
    for role, attributes in ((runtime, "LOGIN NOINHERIT"), (jobs, "NOLOGIN")):
        exists = await connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
        if not exists:
            await connection.execute(text(f"CREATE ROLE {role} {attributes}"))
    await connection.execute(text(f"GRANT {jobs} TO {runtime}"))
    if password is not None:
        quoted = password.replace("'", "''")
        await connection.execute(text(f"ALTER ROLE {runtime} PASSWORD '{quoted}'"))


async def _schema(connection: AsyncConnection, service: str) -> None:
    schema, roles = schema_of(service), f"{runtime_role_of(service)}, {jobs_role_of(service)}"
    for statement in (
        f"CREATE SCHEMA IF NOT EXISTS {schema}",
        f"GRANT USAGE ON SCHEMA {schema}, public TO {roles}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} "
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {roles}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO {roles}",
    ):
        await connection.execute(text(statement))
