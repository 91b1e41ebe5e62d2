"""Processes forked from a server that has the common imports already."""

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

from vetagenda_embedded.forkserver_process import SUPERVISOR

_context = multiprocessing.get_context("forkserver")


def warm_up() -> None:
    """Start the forkserver, or start it again if it died; it imports while others work.

    Call it from the main thread: the forkserver dies when the thread that started it ends.
    """
    _context.set_forkserver_preload(["vetagenda_embedded.forkserver_process"])
    os.environ[SUPERVISOR] = str(os.getpid())
    try:
        with _without_main():
            forkserver.ensure_running()
    finally:
        del os.environ[SUPERVISOR]


def fork(name: str, target: Callable[..., None], arguments: tuple[Any, ...]) -> ForkServerProcess:
    """Run `target(*arguments)` in a child of the forkserver; it may wait for the forkserver's imports."""
    process = _context.Process(target=target, args=arguments, name=name, daemon=True)
    with _without_main():
        process.start()
    return process


def pipe() -> tuple[Connection, Connection]:
    """One way: the end to read from, the end to write to."""
    return _context.Pipe(duplex=False)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Children would import the program that started us (a test runner, say): they need nothing of it."""
    main = sys.modules["__main__"]
    kept: dict[str, Any] = {
        name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in main.__dict__
    }
    try:
        main.__spec__ = None
        yield
    finally:
        main.__dict__.update(kept)
