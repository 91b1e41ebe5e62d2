"""What the benchmarks of calendar sync share: columns, and what the service says to PostgreSQL."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from journeys.clinic import Clinic

from vetagenda_embedded.platform import Platform

LENGTH = timedelta(minutes=20)
_SAID = re.compile(r"^#calendar_sync# LOG:  (?:execute [^:]+|statement): ", re.MULTILINE)
_SETTINGS = {"log_line_prefix": "'#%a# '", "log_statement": "'all'"}


async def column_of(clinic: Clinic) -> str:
    made = await clinic.call("POST", "calendars", json={"name": "Dr Roche", "kind": "practitioner"})
    return str(made["id"])


async def book(clinic: Clinic, column: str, count: int) -> None:
    """Appointments of twenty minutes, one after the other, from tomorrow on."""
    first = datetime.now(UTC).replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for number in range(count):
        start = first + LENGTH * number
        body = {"calendar_ids": [column], "start": start.isoformat(), "title": f"N{number}"}
        await clinic.call("POST", "appointments", json=body | {"end": (start + LENGTH).isoformat()})


def mebibytes(pid: int, name: str) -> float:
    """`name` as in smaps_rollup: Pss, Rss."""
    found = re.search(rf"^{name}: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


async def counted(platform: Platform, connection: Any, act: Callable[[], Awaitable[Any]]) -> int:
    """What the service says to PostgreSQL meanwhile, its looking for work every two seconds included."""
    for name, value in _SETTINGS.items():
        await connection.execute(f"ALTER SYSTEM SET {name} = {value}")
    await connection.execute("SELECT pg_reload_conf()")
    await asyncio.sleep(0.3)
    begin = len(_log(platform))
    await act()
    await asyncio.sleep(0.3)
    said = _log(platform)[begin:].decode(errors="replace")
    for name in _SETTINGS:
        await connection.execute(f"ALTER SYSTEM RESET {name}")
    await connection.execute("SELECT pg_reload_conf()")
    return len(_SAID.findall(said))


def _log(platform: Platform) -> bytes:
    return (platform.home.postgres / "postgres.log").read_bytes()
