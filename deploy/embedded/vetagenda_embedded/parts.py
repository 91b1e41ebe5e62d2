"""The parts of a running platform: each can be started, watched and stopped, and keeps its address."""

import asyncio
import os
import socket
from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Protocol

from vetagenda_embedded import children, forkserver, serving
from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.nats import HOST, Nats
from vetagenda_embedded.postgres import Postgres, PredecessorEnding

START_SECONDS = 60.0
STOP_SECONDS = serving.GRACE_SECONDS + 5.0
PREDECESSOR_SECONDS = 0.1


class Part(Protocol):
    """`start` returns when the part works, `ended` when it no longer does; `close` is for good."""

    name: str

    @property
    def pid(self) -> int | None: ...

    async def start(self) -> None: ...

    async def ended(self) -> None: ...

    async def stop(self) -> None: ...

    def close(self) -> None: ...


class ServerPart:
    """PostgreSQL or NATS."""

    def __init__(self, name: str, server: Postgres | Nats) -> None:
        self.name = name
        self._server = server
        self._prepared = False

    @property
    def pid(self) -> int | None:
        return self._server.process.pid if self._server.process else None

    async def start(self) -> None:
        """The process is born in the main thread, so that it dies with it; the waiting is done elsewhere."""
        if not self._prepared:
            await asyncio.to_thread(self._server.prepare)
            self._prepared = True
        while True:
            self._server.launch()
            try:
                return await asyncio.to_thread(self._server.wait_until_ready)
            except PredecessorEnding:
                await asyncio.sleep(PREDECESSOR_SECONDS)

    async def ended(self) -> None:
        process = self._server.process
        if process is None or process.poll() is not None:
            return
        descriptor = os.pidfd_open(process.pid)
        try:
            await readable(descriptor)
        finally:
            os.close(descriptor)
        process.wait()

    async def stop(self) -> None:
        await asyncio.to_thread(self._server.stop)

    def close(self) -> None:
        """A server takes its address with it."""


class AppPart:
    """A service or the gateway: an app in a forked child.

    The listening socket belongs to the supervisor and outlives the child: the address stays, and who connects
    while the child is being started again waits a moment instead of being refused.
    """

    def __init__(self, name: str, module: str, log: Path, port: int = 0) -> None:
        self.name = name
        self.settings: Mapping[str, Any] = {}
        self._module = module
        self._log = log
        self._listener = listen(port)
        self._process: ForkServerProcess | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._listener.getsockname()[1]}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        forkserver.warm_up()
        told, ready = forkserver.pipe()
        arguments = (self._module, dict(self.settings), self._listener, self._log, ready)
        with told:
            with ready:
                self._process = forkserver.fork(self.name, serving.serve, arguments)
            await self._until_ready(told)

    async def ended(self) -> None:
        if self._process is not None:
            await readable(self._process.sentinel)
            end(self._process)  # it is dead: nothing to wait for, and nothing may come in between
            self._process = None

    async def stop(self) -> None:
        """Let the child finish what it answers."""
        if self._process is not None:
            await asyncio.to_thread(end, self._process)
            self._process = None

    def close(self) -> None:
        """Give the address back: it is not started again."""
        self._listener.close()

    async def _until_ready(self, told: Connection) -> None:
        """The pipe becomes readable with the word or with a reason, or closes with the child."""
        try:
            async with asyncio.timeout(START_SECONDS):
                await readable(told.fileno())
            said = told.recv()
        except (EOFError, TimeoutError):
            await self.stop()
            raise ServerFailed(f"{self.name} did not start:\n{children.log_tail(self._log)}") from None
        if said != serving.READY:
            await self.stop()
            raise ServerFailed(f"{self.name} did not start: {said}")


def end(process: ForkServerProcess) -> None:
    if process.is_alive():
        process.terminate()
    process.join(STOP_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
    process.close()


def listen(port: int) -> socket.socket:
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # or asyncio leaves Nagle's algorithm on
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise ServerFailed(
            f"Port {port} on {HOST} cannot be used ({error.strerror}): choose another with VETAGENDA_PORT."
        ) from None
    listener.listen(1024)
    return listener


async def readable(descriptor: int) -> None:
    """Wait until something can be read from the descriptor, or its other end is closed."""
    loop = asyncio.get_running_loop()
    happened = loop.create_future()

    def tell() -> None:
        if not happened.done():
            happened.set_result(None)

    loop.add_reader(descriptor, tell)
    try:
        await happened
    finally:
        loop.remove_reader(descriptor)
