"""The supervisor, with the smallest apps: what dies comes back at its address, and nothing stays behind."""

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from embedded.processes import is_alive, is_answered, starter, until

from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.home import Home, NotRunning
from vetagenda_embedded.platform import Platform
from vetagenda_embedded.postgres import Postgres
from vetagenda_embedded.preloaded import preloaded_modules
from vetagenda_embedded.preparation import Preparation
from vetagenda_embedded.private import AlreadyRunning
from vetagenda_embedded.settings import PlatformSettings

TINY = dict.fromkeys(("agenda", "booking", "gateway"), "embedded.tiny_app")
PLATFORM = """
import asyncio, json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from embedded.test_platform import TINY, nothing_to_prepare
from vetagenda_embedded.platform import Platform
from vetagenda_embedded.settings import PlatformSettings

async def main():
    settings = PlatformSettings(Path(sys.argv[1]), port=0, durable=False)
    async with Platform(settings, apps=TINY, prepare=nothing_to_prepare) as platform:
        print(json.dumps(platform.pids))
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def nothing_to_prepare(_: Preparation) -> None:
    """The smallest apps have no tables."""


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[PlatformSettings]:
    yield PlatformSettings(tmp_path / "home", port=0, durable=False)
    Postgres(tmp_path / "home" / "postgres", durable=False).remove()


def tiny(settings: PlatformSettings) -> Platform:
    return Platform(settings, apps=TINY, prepare=nothing_to_prepare)


@pytest.fixture
async def platform(settings: PlatformSettings) -> AsyncIterator[Platform]:
    async with tiny(settings) as running:
        yield running


async def who(url: str) -> dict[str, Any]:
    async with httpx.AsyncClient(timeout=20) as client:
        answer: dict[str, Any] = (await client.get(f"{url}/who")).json()
        return answer


async def killed(platform: Platform, part: str) -> None:
    """Kill it and wait until it is back."""
    already = platform.restarts.count(part)
    os.kill(platform.pids[part], signal.SIGKILL)
    async with asyncio.timeout(20):
        await platform.supervision.wait_for_restart(part, already)


async def test_every_part_comes_back_at_its_address(platform: Platform) -> None:
    before = platform.pids, platform.base_url, platform.urls, platform.nats_url, platform.database_url()
    for part in before[0]:
        await killed(platform, part)
    assert (platform.base_url, platform.urls, platform.nats_url, platform.database_url()) == before[1:]
    assert not set(platform.pids.values()) & set(before[0].values())
    assert (await who(platform.base_url))["urls"] == platform.urls


async def test_who_connects_during_a_restart_waits_instead_of_being_refused(platform: Platform) -> None:
    former = platform.pids["gateway"]
    os.kill(former, signal.SIGKILL)
    until("the gateway is gone", lambda: not is_alive(former))
    assert (await who(platform.base_url))["pid"] != former


async def test_the_forkserver_itself_is_replaced(platform: Platform) -> None:
    forkserver = (await who(platform.base_url))["parent"]
    os.kill(forkserver, signal.SIGKILL)
    async with asyncio.timeout(30):
        for part in TINY:
            await platform.supervision.wait_for_restart(part)
    assert (await who(platform.base_url))["parent"] != forkserver


async def test_a_second_start_says_that_one_is_running(platform: Platform) -> None:
    with pytest.raises(AlreadyRunning, match=rf"already running \(pid {os.getpid()}\)"):
        async with tiny(platform.settings):
            pass
    assert (await who(platform.base_url))["pid"] == platform.pids["gateway"]


async def test_the_command_line_finds_the_platform_and_only_its_owner_does(platform: Platform) -> None:
    assert Home(platform.settings.home).running().base_url == platform.base_url
    assert stat.S_IMODE(os.stat(platform.settings.home / "run.json").st_mode) == 0o600


async def test_it_listens_on_loopback_only(platform: Platform) -> None:
    for url in (platform.base_url, *platform.urls.values()):
        port = httpx.URL(url).port or 0
        assert is_answered("127.0.0.1", port)
        assert not is_answered("127.0.0.2", port)  # another address of the same machine


async def test_leaving_stops_everything_and_coming_back_continues(settings: PlatformSettings) -> None:
    async with tiny(settings) as platform:
        pids = platform.pids
        password = (settings.home / "postgres" / "password").read_text()
    assert not [pid for pid in pids.values() if is_alive(pid)]
    with pytest.raises(NotRunning):
        Home(settings.home).running()
    async with tiny(settings):
        assert (settings.home / "postgres" / "password").read_text() == password


async def test_the_door_is_closed_first_and_the_database_last(settings: PlatformSettings) -> None:
    told: list[str] = []
    async with Platform(settings, told.append, TINY, nothing_to_prepare):
        told.clear()
    assert told == ["stopping gateway", "stopping agenda, booking", "stopping nats", "stopping postgres"]


async def test_a_port_in_use_is_said_with_the_setting_that_changes_it(settings: PlatformSettings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        taken = replace(settings, port=other.getsockname()[1])
        with pytest.raises(ServerFailed, match="VETAGENDA_PORT"):
            async with tiny(taken):
                pass


async def test_an_app_that_cannot_start_is_told_with_the_end_of_its_log(settings: PlatformSettings) -> None:
    apps = TINY | {"booking": "embedded.no_such_app"}
    with pytest.raises(ServerFailed, match=r"(?s)booking did not start.*no_such_app"):
        async with Platform(settings, apps=apps, prepare=nothing_to_prepare):
            pass


def test_killed_itself_it_leaves_no_orphan(settings: PlatformSettings) -> None:
    tests = Path(__file__).parent.parent
    with starter(PLATFORM, settings.home, tests) as supervisor:
        assert supervisor.stdout is not None
        pids = json.loads(supervisor.stdout.readline())
        family = [*pids.values(), *descendants(supervisor.pid)]
        assert len(family) > len(pids)
        supervisor.kill()
    until("all of them end", lambda: not [pid for pid in family if is_alive(pid)])


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in map(int, children) for each in (child, *descendants(child))]


def test_everything_that_is_preloaded_exists_and_google_is_not_among_it() -> None:
    imports = "\n".join(f"import {module}" for module in preloaded_modules())
    script = (
        f"{imports}\nimport sys\nprint([each for each in sys.modules if each.startswith('googleapiclient')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.strip()) == ("", "[]")


async def test_a_part_that_cannot_use_a_setting_says_which_one(settings: PlatformSettings) -> None:
    wrong = replace(settings, services={"booking": {"pool_size": "many"}})
    with pytest.raises(ServerFailed, match=r"^booking did not start: VETAGENDA_POOL_SIZE: .*integer"):
        async with tiny(wrong):
            pass
