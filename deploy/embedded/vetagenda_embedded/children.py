"""Starting server processes that never outlive the process that started them."""

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

PR_SET_PDEATHSIG = 1
LOG_KEPT_BYTES = 10_000_000

_libc = ctypes.CDLL(None, use_errno=True)


class ServerFailed(RuntimeError):
    """A server did not start; the text says what a person can do about it."""


def die_with_parent(death_signal: signal.Signals, parent_pid: int) -> None:
    """Ask the kernel (Linux) to send `death_signal` to this process when the thread that forked it ends."""
    if _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent_pid:  # it was gone before the kernel knew
        os._exit(1)


def dying_with(death_signal: signal.Signals) -> Callable[[], None]:
    parent_pid = os.getpid()
    return lambda: die_with_parent(death_signal, parent_pid)


def spawn(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals,
    log: Path,
    account: pwd.struct_passwd | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server; call it from the main thread, because the death signal follows the thread.

    It gets a session of its own, so that Ctrl-C reaches the supervisor alone, which stops things in order.
    """
    with opened_log(log) as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
            preexec_fn=dying_with(death_signal),
            **as_account(account),
        )


def as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def end(process: subprocess.Popen[bytes], stop_signal: signal.Signals, timeout_seconds: float) -> None:
    """Stop in order; a server that does not within the time is killed."""
    if process.poll() is None:
        process.send_signal(stop_signal)
    try:
        process.wait(timeout_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def runs(pid: int, program: str, argument: Path) -> bool:
    """Whether this process is that program with that argument: a pid alone may have a new owner."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return command[0].endswith(program.encode()) and os.fsencode(argument) in command


def log_tail(log: Path, lines: int = 12) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def opened_log(log: Path) -> BinaryIO:
    if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
        log.replace(log.with_suffix(".old"))
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "ab")
