"""The embedded database's dump, by PostgreSQL's own programs: all services in one snapshot."""

import asyncio
import os
import subprocess
from pathlib import Path

from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.postgres import Postgres
from vetagenda_embedded.preloaded import PARTS


def dump(server: Postgres, target: Path) -> None:
    """Of a running server, also of another process' one. Raises ServerFailed."""
    _run(server, "pg_dump", "--format=custom", f"--file={target}")


def load(server: Postgres, source: Path) -> None:
    """Into a new server: the roles, which no dump has, and all of the dump or nothing.
    Raises ServerFailed."""
    asyncio.run(_provide(server.admin_url()))
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    _run(server, "pg_restore", *options, "--dbname=postgres", str(source))


async def _provide(admin_url: str) -> None:
    from vetagenda_kit.provision import provision

    for part in PARTS:
        await provision(admin_url, part)


def _run(server: Postgres, program: str, *arguments: str) -> None:
    access = {
        "PGHOST": server.running_host(),
        "PGUSER": server.user,
        "PGPASSWORD": server.password,  # not on the command line, which everybody can read
        "PGDATABASE": "postgres",
    }
    command = [str(server.place.programs / program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **access})
    if done.returncode != 0:
        raise ServerFailed(f"{program} failed: {done.stderr.strip()}")
