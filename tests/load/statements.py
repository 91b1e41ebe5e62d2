"""What the services say to PostgreSQL, from the server's own log: nearly every statement is a round trip."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from load.figures import line
from vetagenda_embedded.platform import Platform

SERVICES = ("agenda", "booking")
_SETTINGS = {"log_line_prefix": "'#%a# '", "log_statement": "'all'"}
_SAID = re.compile(r"^#(\w+)# LOG:  (?:execute [^:]+|statement): (.*(?:\n\t.*)*)", re.MULTILINE)
_NOT_OF_THE_REQUEST = ("published_at", "_jobs;")  # the relays and jobs go on meanwhile
_PATIENCE_SECONDS = 5.0


async def print_of(platform: Platform, what: str, act: Callable[[], Awaitable[Any]]) -> None:
    """How many statements one request takes, those that begin and end transactions included."""
    counted = await _counted(platform, act)
    each = ", ".join(f"{service} {counted[service]}" for service in SERVICES)
    line(f"statements of {what}", f"{counted.total():5}   ({each})")


async def _counted(platform: Platform, act: Callable[[], Awaitable[Any]]) -> Counter[str]:
    connection: Any = await asyncpg.connect(platform.database_url().replace("+asyncpg", "", 1))
    try:
        for name, value in _SETTINGS.items():
            await connection.execute(f"ALTER SYSTEM SET {name} = {value}")
        await _reload(connection)
        await connection.execute("SELECT 'counting begins'")
        await act()
        await connection.execute("SELECT 'counting ends'")
    finally:
        for name in _SETTINGS:
            await connection.execute(f"ALTER SYSTEM RESET {name}")
        await _reload(connection)
        await connection.close()
    part = (await _log(platform)).rpartition("counting begins")[2].partition("counting ends")[0]
    said = [found.groups() for found in _SAID.finditer(part)]
    return Counter(
        who for who, what in said if who in SERVICES and not any(each in what for each in _NOT_OF_THE_REQUEST)
    )


async def _reload(connection: Any) -> None:
    """A backend looks for new settings before its next statement; the postmaster tells it within moments."""
    await connection.execute("SELECT pg_reload_conf()")
    await asyncio.sleep(0.3)


async def _log(platform: Platform) -> str:
    path = platform.home.postgres / "postgres.log"
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while (
            "counting ends" not in (log := path.read_text(errors="replace")).rpartition("counting begins")[2]
        ):
            await asyncio.sleep(0.05)
    return log
