"""`vetagenda up`, as a newcomer meets it: from nothing to a booking, stopped by Ctrl-C, and on again."""

import asyncio
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from embedded.processes import is_alive, until
from embedded.test_platform import descendants

from vetagenda_embedded.nats import free_port
from vetagenda_embedded.postgres import Postgres

START_SECONDS = 90.0
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    home = tmp_path_factory.mktemp("newcomer") / "home"
    yield os.environ | {"VETAGENDA_HOME": str(home), "VETAGENDA_PORT": str(free_port())}
    Postgres(home / "postgres").remove()


@asynccontextmanager
async def up(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """The platform in the foreground of a process of its own, ready."""
    command = [sys.executable, "-m", "vetagenda_embedded", "up"]
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            while b"Ctrl-C" not in (line := await process.stdout.readline()):
                assert line, "it ended before it was ready"
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()


def demonstration(environment: dict[str, str]) -> dict[str, str]:
    path = Path(environment["VETAGENDA_HOME"]) / "demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


async def fetched(demo: dict[str, str], path: str) -> Any:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {demo['key']}"}, timeout=20) as client:
        answer = await client.get(f"{demo['base_url']}/v1/practices/{demo['practice_id']}{path}")
    assert answer.is_success, answer.text
    return answer.json()


async def test_from_nothing_to_a_practice_with_slots_and_on_again(environment: dict[str, str]) -> None:
    async with up(environment) as platform:
        demo = demonstration(environment)
        assert demo["base_url"] == f"http://127.0.0.1:{environment['VETAGENDA_PORT']}"
        types = {each["name"]: each["id"] for each in (await fetched(demo, "/appointment-types"))["items"]}
        assert {"VACCINATION", "CHIRURGIE"} <= set(types)
        await says_that_one_is_running(environment)
        await books_as_the_readme_says(environment)
        family = descendants(platform.pid)
        platform.send_signal(signal.SIGINT)
        assert await platform.wait() == 0
    until("nothing is left", lambda: not [pid for pid in family if is_alive(pid)])
    async with up(environment):
        assert demonstration(environment) == demo
        again = (await fetched(demo, "/appointment-types"))["items"]
        assert {each["name"]: each["id"] for each in again} == types


async def books_as_the_readme_says(environment: dict[str, str]) -> None:
    """The commands as they stand there, in a folder and on a port that are not the usual ones."""
    (commands,) = re.findall(r"## A first booking.*?```sh\n(.*?)```", README.read_text(), re.DOTALL)
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-e", "-o", "pipefail", "-c", commands), env=environment, stdout=subprocess.PIPE
    )
    async with asyncio.timeout(30):
        output, _ = await shell.communicate()
    assert shell.returncode == 0, output.decode()
    booked = (await fetched(demonstration(environment), "/booking-requests"))["items"]
    assert [each["status"] in ("confirmed", "requested") for each in booked] == [True], booked
    assert f'"appointment_id":"{booked[0]["appointment_id"]}"' in output.decode()
    assert "agenda.appointment." in output.decode()


async def says_that_one_is_running(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "vetagenda_embedded", "up"]
    second = await asyncio.create_subprocess_exec(*command, env=environment, stderr=subprocess.PIPE)
    _, complaint = await second.communicate()
    assert second.returncode == 1
    assert b"is already running (pid " in complaint
