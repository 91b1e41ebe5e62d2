"""What runs inside a forked child: one app behind one listening socket, until told to stop."""

import importlib
import os
import signal
import socket
import typing
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvicorn

from vetagenda_embedded import forkserver_process
from vetagenda_embedded.children import die_with_parent, opened_log

GRACE_SECONDS = 5
KEEP_ALIVE_SECONDS = 10  # longer than the gateway keeps idle connections


class _Server(uvicorn.Server):
    """Tells the supervisor when the app is ready to answer."""

    def __init__(self, config: uvicorn.Config, ready: Connection) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.send("ready")
        self._ready.close()


def serve(
    module: str, settings: Mapping[str, Any], listener: socket.socket, log: Path, ready: Connection
) -> None:
    """Serve the app of `module`; the supervisor keeps the listener open over restarts."""
    begin(log)
    config = uvicorn.Config(
        build(module, settings),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _Server(config, ready).run(sockets=[listener])


def begin(log: Path) -> None:
    """Bind this child's life to the forkserver's, and its output to its log."""
    die_with_parent(signal.SIGKILL, forkserver_process.FORKSERVER_PID)
    with opened_log(log) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)


def build(module: str, settings: Mapping[str, Any]) -> Any:
    """Call the module's `create(settings)`; the class of its settings is in the annotation."""
    create = importlib.import_module(module).create
    return create(settings_type(create)(**settings))


def settings_type(create: Any) -> Any:
    return typing.get_type_hints(create)["settings"]
