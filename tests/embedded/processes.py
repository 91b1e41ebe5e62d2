"""Looking at processes from outside, as a person with `ps` would."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Running: neither gone nor a zombie that only waits for its parent."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def is_answered(address: str, port: int) -> bool:
    """Whether anybody takes a connection there."""
    try:
        socket.create_connection((address, port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def until(what: str, is_so: Callable[[], bool], timeout_seconds: float = 20) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not is_so():
        assert time.monotonic() < deadline, f"did not happen in {timeout_seconds} s: {what}"
        time.sleep(0.02)


def starter(body: str, *arguments: object) -> subprocess.Popen[str]:
    """A process of its own that runs `body`, prints a line and waits to be killed."""
    script = f"{body}\nimport signal\nsignal.pause()\n"
    command = [sys.executable, "-u", "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd="/")
