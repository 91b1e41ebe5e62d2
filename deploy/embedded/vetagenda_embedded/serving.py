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
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from vetagenda_kit.settings import ServiceSettings

READY = "ready"  # anything else that a child says is the reason why it does not start
GRACE_SECONDS = 5
KEEP_ALIVE_SECONDS = 10  # longer than the gateway keeps idle connections


class _Server(uvicorn.Server):
    """Tells the supervisor when the app is ready to answer."""

    def __init__(self, config: uvicorn.Config, ready: Connection) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.send(READY)
        self._ready.close()


def serve(
    module: str, settings: Mapping[str, Any], listener: socket.socket, log: Path, ready: Connection
) -> None:
    """Serve the app of `module`; the supervisor keeps the listener open over restarts."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from vetagenda_kit import logs

    begin(log)
    create = importlib.import_module(module).create
    try:
        chosen = settings_type(create)(**settings)
    except (ValidationError, SettingsError) as error:
        ready.send(_named_settings(error))
        return
    logs.configure(log.stem, chosen.log_level)
    _Server(configured(create(chosen), chosen), ready).run(sockets=[listener])


def _named_settings(error: "ValidationError | SettingsError") -> str:
    """Each wrong setting by the variable that it comes from; what was written may be a secret."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"VETAGENDA_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors())


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
