"""Alembic, one history per service, run under an advisory lock by the administrator's role.

    python -m vetagenda_kit.migrations new <service> "what changes"
    python -m vetagenda_kit.migrations check <service> [<service> ...]

both against the database in DATABASE_URL (`make migration` and `make check` bring one).
"""

import asyncio
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from alembic import command, context
from alembic.config import Config
from sqlalchemy import BigInteger, Column, Connection, Date, MetaData, Text, Uuid, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel.sql.sqltypes import AutoString

from vetagenda_kit import plumbing
from vetagenda_kit.db import PRACTICES, UtcDateTime, jobs_role_of, runtime_role_of, schema_of

_LOCK = 0x7E7A6F


def run_environment(service: str, metadata: MetaData) -> None:
    """All that a service's `env.py` does."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=[metadata, plumbing.metadata],
        version_table=f"{schema_of(service)}_version",
        compare_server_default=False,
        transaction_per_migration=False,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own column types by their plain names, SQLModel's strings as text."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def isolate(op: Any, service: str, table: str, column: str = "practice_id") -> None:
    """Row-level security: the runtime role sees the practices of its caller, the jobs role all."""
    visible = f"{column} = ANY ((SELECT nullif(current_setting('{PRACTICES}', true), ''))::uuid[])"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} TO {runtime_role_of(service)} USING ({visible})")
    op.execute(f"CREATE POLICY jobs ON {table} TO {jobs_role_of(service)} USING (true)")


def isolate_plumbing(op: Any, service: str) -> None:
    for table in plumbing.TENANT_TABLES:
        isolate(op, service, table)


def count_outward_calls(op: Any, service: str) -> None:
    """`outward_calls` as it was at first."""
    numbers = ("calls", "failed", "messages", "parts", "bytes_sent", "bytes_received")
    op.create_table(
        "outward_calls",
        Column("practice_id", Uuid(), primary_key=True),
        Column("month", Date(), primary_key=True),
        Column("kind", Text(), primary_key=True),
        *(Column(name, BigInteger(), nullable=False) for name in numbers),
    )
    isolate(op, service, "outward_calls")


def see_versions_by_source(op: Any) -> None:
    """The newest version seen is kept by publishing service; until now nearly all came from the agenda."""
    op.execute("ALTER TABLE aggregate_seen ADD source text NOT NULL DEFAULT 'agenda'")
    op.execute("ALTER TABLE aggregate_seen ALTER source DROP DEFAULT, DROP CONSTRAINT aggregate_seen_pkey")
    op.execute("ALTER TABLE aggregate_seen ADD PRIMARY KEY (consumer, source, aggregate_id)")


def see_versions_by_id(op: Any) -> None:
    """Takes `see_versions_by_source` back: of two sources' versions the higher stays."""
    op.execute(
        "DELETE FROM aggregate_seen AS less USING aggregate_seen AS more WHERE less.consumer = more.consumer"
        " AND less.aggregate_id = more.aggregate_id"
        " AND (less.version, less.source) < (more.version, more.source)"
    )
    op.execute("ALTER TABLE aggregate_seen DROP CONSTRAINT aggregate_seen_pkey, DROP source")
    op.execute("ALTER TABLE aggregate_seen ADD PRIMARY KEY (consumer, aggregate_id)")


def configuration(service: str, connection: Connection | None = None) -> Config:
    package = importlib.util.find_spec(f"vetagenda_{schema_of(service)}")
    if package is None or package.origin is None:
        raise LookupError(f"the package of service {service} is not installed")
    config = Config()
    config.set_main_option("script_location", str(Path(package.origin).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


async def upgrade(admin_url: str, service: str) -> None:
    """Bring a service's schema to the newest revision. Safe to call from several places at once."""
    await _with_connection(admin_url, service, lambda config: command.upgrade(config, "head"))


async def check(admin_url: str, service: str) -> None:
    """Raises alembic's CommandError when the tables in the code differ from the migrations."""
    await _with_connection(admin_url, service, command.check)


async def new_revision(admin_url: str, service: str, message: str) -> None:
    """Write the difference between the tables in the code and the migrations as a new revision."""

    def write(config: Config) -> None:
        versions = Path(config.get_main_option("script_location") or "") / "versions"
        number = len(list(versions.glob("[0-9]*.py"))) + 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")

    await _with_connection(admin_url, service, write)


async def _with_connection(admin_url: str, service: str, act: Callable[[Config], Any]) -> None:
    engine = create_async_engine(admin_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            await connection.execute(text(f"SET LOCAL search_path TO {schema_of(service)}, public"))
            await connection.run_sync(lambda sync: act(configuration(service, sync)))
    finally:
        await engine.dispose()


async def _main(arguments: list[str]) -> None:
    from vetagenda_kit.provision import provision

    what, *rest = arguments
    admin_url = os.environ["DATABASE_URL"]
    services = rest[:1] if what == "new" else rest
    for service in services:
        await provision(admin_url, service)
        await upgrade(admin_url, service)
        if what == "new":
            await new_revision(admin_url, service, rest[1])
        else:
            await check(admin_url, service)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1:]))
