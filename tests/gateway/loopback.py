"""Apps behind real sockets on loopback, in the loop of the test."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn

from vetagenda_embedded import serving
from vetagenda_kit.settings import ServiceSettings


class Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Signals belong to the test run."""
        yield


def free_listener(port: int = 0) -> socket.socket:
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # or asyncio leaves Nagle's algorithm on
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


@contextlib.asynccontextmanager
async def served(app: Any, port: int = 0, request_timeout_seconds: float = 15) -> AsyncIterator[str]:
    """The address of the app, served as the platform does, with its lifespan until the block ends."""
    listener = free_listener(port)
    settings = ServiceSettings(request_timeout_seconds=request_timeout_seconds)
    server = Server(serving.configured(app, settings))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if running.done():
                running.result()
                raise RuntimeError("the app did not start")
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()
