"""What runs inside a forked child: one app behind one listening socket, until told to stop."""

import importlib
import os
import signal
import socket
import typing
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from vetagenda_embedded import forkserver_process
from vetagenda_embedded.children import die_with_parent, opened_log

if TYPE_CHECKING:  # the supervisor imports this module too, and needs none of the kit
    from vetagenda_kit.settings import ServiceSettings

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
    from vetagenda_kit import logs

    begin(log)
    create = importlib.import_module(module).create
    chosen = settings_type(create)(**settings)
    logs.configure(log.stem, chosen.log_level)
    _Server(configured(create(chosen), chosen), ready).run(sockets=[listener])


def configured(app: Any, settings: "ServiceSettings") -> uvicorn.Config:
    """How every part is served. What uvicorn has to say goes the way of our own logs."""
    from vetagenda_embedded.http_protocol import protocol

    return uvicorn.Config(
        app,
        loop="uvloop",
        http=protocol(settings.request_timeout_seconds),
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def begin(log: Path) -> None:
    """Bind this child's life to the forkserver's, and its output to its log."""
    die_with_parent(signal.SIGKILL, forkserver_process.FORKSERVER_PID)
    with opened_log(log) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)


def settings_type(create: Any) -> Any:
    """The class of an app's settings is in the annotation of its `create(settings)`."""
    return typing.get_type_hints(create)["settings"]
