"""(k) Calendar sync with a real Radicale: a first export of 1,000 events beside the server's own PUTs, and a
cycle without changes beside vdirsyncer, which keeps the same 500 events in step with a folder.
"""

import asyncio
import base64
import http.client
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
from journeys.clinic import Clinic, open_clinic
from peers.dav import DavPhone, DavServer, Radicale

from load.figures import heading, line, ratio
from load.linking import book, column_of, counted
from vetagenda_embedded.platform import Platform
from vetagenda_embedded.settings import PlatformSettings

EXPORTED, KEPT, CYCLES = 1000, 500, 15
AIM_EXPORT, AIM_CYCLE = "1.3", ".33"
PATIENCE_SECONDS = 300.0
_START = "import vdirsyncer.cli.tasks, vdirsyncer.storage.dav, vdirsyncer.storage.filesystem"
_PAIR = """
[general]
status_path = "{folder}/status"
[pair visits]
a = "server"
b = "folder"
collections = null
[storage server]
type = "caldav"
url = "{url}"
username = "{user}"
password = "{password}"
[storage folder]
type = "filesystem"
path = "{folder}/visits"
fileext = ".ics"
"""


async def compare() -> None:
    folder = Path(tempfile.mkdtemp(prefix="vetagenda-load-"))
    services = {"calendar-sync": {"caldav_networks": ["127.0.0.0/8"]}}
    with Radicale(folder / "dav").running() as radicale:
        async with Platform(
            PlatformSettings(folder / "home", port=0, log_level="warning", services=services)
        ) as platform:
            connection = await asyncpg.connect(platform.database_url().replace("+asyncpg", "", 1))
            try:
                async with open_clinic(platform) as clinic:
                    await _first_export(platform, clinic, radicale, connection)
                    await _without_changes(platform, clinic, radicale, connection)
            finally:
                await connection.close()
    shutil.rmtree(folder)


async def _first_export(platform: Platform, clinic: Clinic, radicale: DavServer, connection: Any) -> None:
    heading(f"(k) first export of {EXPORTED} appointments to Radicale")
    column, path = await column_of(clinic), radicale.new_calendar()
    await book(clinic, column, EXPORTED)
    seconds, link, statements = 0.0, "", 0

    async def export() -> None:
        nonlocal seconds, link
        begun = time.perf_counter()
        link = await _link(clinic, radicale, column, path)
        await _until(connection, link, "last_success_at IS NOT NULL")
        seconds = time.perf_counter() - begun

    statements = await counted(platform, connection, export)
    texts = list(DavPhone(radicale, path).texts().values())
    assert len(texts) == EXPORTED
    raw = await asyncio.to_thread(_raw_puts, radicale, texts)
    line("the server's PUTs of these alone", f"{raw:8.2f} s")
    line("first export, to its last cycle's end", f"{seconds:8.2f} s")
    line("statements of an exported event", f"{statements / EXPORTED:8.2f}")
    ratio("times the server's PUTs", seconds, raw, AIM_EXPORT)


def _raw_puts(radicale: DavServer, texts: list[str]) -> float:
    """One after the other, by a client that does nothing else, into an empty calendar."""
    path, name = radicale.new_calendar(), f"{radicale.user}:{radicale.password}".encode()
    headers = {"Content-Type": "text/calendar; charset=utf-8", "If-None-Match": "*"}
    headers["Authorization"] = f"Basic {base64.b64encode(name).decode()}"
    connection = http.client.HTTPConnection("127.0.0.1", radicale.port)
    begun = time.perf_counter()
    for number, text in enumerate(texts):
        connection.request("PUT", f"{path}{number}.ics", text.encode(), headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status
    return time.perf_counter() - begun


async def _without_changes(platform: Platform, clinic: Clinic, radicale: DavServer, connection: Any) -> None:
    heading(f"(l) a cycle without changes, {KEPT} events on either side, Radicale")
    column, path = await column_of(clinic), radicale.new_calendar()
    await book(clinic, column, KEPT)
    link = await _link(clinic, radicale, column, path)
    await _until(connection, link, "last_success_at IS NOT NULL")
    # As minutes later, when nothing that was changed before can become visible any more.
    aged = "UPDATE calendar_sync.calendar_link SET agenda_certain_to = agenda_read_to"
    await connection.execute(aged)
    ours = [await _timed(lambda: _cycle(clinic, connection, link)) for _ in range(CYCLES)]
    statements = await counted(platform, connection, lambda: _cycle(clinic, connection, link))
    start, theirs = await asyncio.to_thread(_vdirsyncer, radicale, path)
    line("our cycle, from sync-now to its end", f"{1000 * statistics.median(ours):8.1f} ms")
    line("statements of it", f"{statements:8}")
    line("vdirsyncer, whole", f"{1000 * theirs:8.1f} ms")
    line("its start in that", f"{1000 * start:8.1f} ms")
    ratio("of vdirsyncer", statistics.median(ours), theirs, AIM_CYCLE)
    line("of vdirsyncer without its start", f"{statistics.median(ours) / (theirs - start):8.2f}")


async def _cycle(clinic: Clinic, connection: Any, link: str) -> None:
    asked = await clinic.call("POST", f"calendar-links/{link}/sync")
    await _until(connection, link, f"cycle_done >= {asked['cycle']}")


async def _timed(act: Callable[[], Awaitable[Any]]) -> float:
    begun = time.perf_counter()
    await act()
    return time.perf_counter() - begun


def _vdirsyncer(radicale: DavServer, path: str) -> tuple[float, float]:
    """Seconds of its start alone, and of a whole run without changes: medians."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "visits").mkdir()
        given = {"url": radicale.url + path, "user": radicale.user, "password": radicale.password}
        config = Path(folder) / "config"
        config.write_text(_PAIR.format(folder=folder, **given), encoding="utf-8")
        module = [sys.executable, "-m", "vdirsyncer", "-v", "error", "-c", str(config)]
        _run([*module, "discover", "visits"])
        _run([*module, "sync"])
        assert len(list((Path(folder) / "visits").glob("*.ics"))) == KEPT
        start = statistics.median(_run([sys.executable, "-c", _START]) for _ in range(5))
        return start, statistics.median(_run([*module, "sync"]) for _ in range(5))


def _run(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


async def _link(clinic: Clinic, radicale: DavServer, column: str, path: str) -> str:
    body = {"calendar_id": column, "provider": "caldav"}
    made = await clinic.call("POST", "calendar-links", json=body)
    account = {"calendar_url": radicale.url + path, "user_name": radicale.user}
    account["password"] = radicale.password
    await clinic.call("POST", f"calendar-links/{made['id']}/caldav/connect", json=account)
    return str(made["id"])


async def _until(connection: Any, link: str, is_so: str) -> None:
    """And no further cycle is asked for: a long export goes in several, each making way for others."""
    query = "SELECT EXISTS (SELECT FROM calendar_sync.calendar_link WHERE id = $1 AND "
    query += f"cycle_done >= cycle_requested AND lease_until IS NULL AND {is_so})"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await connection.fetchval(query, link):
            await asyncio.sleep(0.002)
