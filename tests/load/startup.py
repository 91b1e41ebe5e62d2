"""(a) From start to ready, and the memory of all processes, against one plain service alone."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from load.figures import heading, line, ratio
from vetagenda_embedded.nats import free_port
from vetagenda_embedded.platform import Platform

PATIENCE_SECONDS = 60
PLAIN_SERVICE = Path(__file__).with_name("plain_service.py")


def measure_platform() -> tuple[float, float]:
    """Seconds from the command to ready on data that is there, and mebibytes of all processes."""
    heading("(a) start of the whole platform, and its memory")
    with tempfile.TemporaryDirectory(prefix="vetagenda-load-") as folder:
        os.chmod(folder, 0o711)  # noqa: S103 - PostgreSQL runs as another user when we are root
        first, _ = _start_and_stop(Path(folder) / "home")
        line("first start, from nothing", f"{first:8.2f} s")
        again, memory = _start_and_stop(Path(folder) / "home")
    line("start on existing data", f"{again:8.2f} s")
    for program, mebibytes in memory.items():
        line(f"memory of {program}", f"{mebibytes:8.0f} MB (PSS)")
    return again, sum(memory.values())


def compare(platform: Platform, seconds: float, mebibytes: float) -> None:
    """The peer: the agenda alone in a plain interpreter, on the servers of a running platform."""
    settings = {"database_url": platform.database_url("agenda"), "keys_file": str(platform.home.keys)}
    port = free_port()
    begun = time.perf_counter()
    plain = subprocess.Popen([sys.executable, PLAIN_SERVICE, json.dumps(settings), str(port)])
    try:
        alone_seconds = _until_ready(port, begun)
        alone = _memory(plain.pid)
    finally:
        plain.terminate()
        plain.wait()
    line("one plain service: ready", f"{alone_seconds:8.2f} s")
    line("one plain service: memory", f"{sum(alone.values()):8.0f} MB (PSS)")
    ratio("time, all to one", seconds, alone_seconds, "3")
    ratio("memory, all to one", mebibytes, sum(alone.values()), "4")


def _start_and_stop(home: Path) -> tuple[float, dict[str, float]]:
    port = free_port()
    environment = os.environ | {"VETAGENDA_HOME": str(home), "VETAGENDA_PORT": str(port)}
    begun = time.perf_counter()
    platform = subprocess.Popen(
        [sys.executable, "-m", "vetagenda_embedded", "up"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert platform.stdout is not None
        if not platform.stdout.readline().startswith("ready"):
            raise RuntimeError("the platform did not start")
        return time.perf_counter() - begun, _memory(platform.pid)
    finally:
        platform.send_signal(signal.SIGINT)
        platform.wait()
        assert platform.stdout is not None
        platform.stdout.close()


def _until_ready(port: int, begun: float) -> float:
    while time.perf_counter() < begun + PATIENCE_SECONDS:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").is_success:
                return time.perf_counter() - begun
        except httpx.TransportError:
            time.sleep(0.01)
    raise TimeoutError


def _memory(pid: int) -> dict[str, float]:
    """Mebibytes by program, with all descendants; shared pages are divided among their users (PSS)."""
    memory = {_program(pid): _proportional_mebibytes(pid)}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        for program, mebibytes in _memory(int(child)).items():
            memory[program] = memory.get(program, 0.0) + mebibytes
    return memory


def _proportional_mebibytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _program(pid: int) -> str:
    name = Path(f"/proc/{pid}/comm").read_text()
    return next((known for known in ("postgres", "nats-server") if name.startswith(known)), "python")
