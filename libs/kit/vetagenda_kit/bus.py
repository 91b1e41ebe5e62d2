"""NATS JetStream: one stream per publishing service, an ordered relay out, durable consumers in.

No request waits on NATS. While it is away events stay in the outbox, and the bus reconnects by itself.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import nats
import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StorageType, StreamConfig
from nats.js.errors import APIError, BadRequestError

from vetagenda_kit.logs import logger

DUPLICATE_WINDOW = timedelta(hours=6)
STREAM_AGE = timedelta(days=14)
OLDEST_SERVER = (2, 11)

log = logger("bus")


def stream_of(service: str) -> str:
    return service.replace("-", "_").upper()


def subjects_of(service: str) -> list[str]:
    return [f"{service}.>"]


class Bus:
    """One connection of a service. `connected()` waits until there is one."""

    def __init__(self, url: str, service: str, replicas: int = 1) -> None:
        self._url = url
        self._service = service
        self._replicas = replicas
        self._client: Client | None = None
        self._ready = asyncio.Event()

    @property
    def is_up(self) -> bool:
        return self._client is not None and self._client.is_connected

    async def connected(self) -> Client:
        await self._ready.wait()
        assert self._client is not None
        return self._client

    async def jetstream(self) -> JetStreamContext:
        return (await self.connected()).jetstream(timeout=5)

    async def connect(self) -> None:
        """Tries for ever: a platform whose NATS starts later than its services is an ordinary one."""
        while self._client is None:
            try:
                self._client = await nats.connect(
                    self._url,
                    name=self._service,
                    connect_timeout=2,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.5,
                    error_cb=_quiet,
                    allow_reconnect=True,
                )
            except (OSError, nats.errors.Error, TimeoutError) as error:
                log.warning("nats_unreachable", error=type(error).__name__)
                await asyncio.sleep(0.5)
        _check_version(self._client)
        self._ready.set()

    async def ensure_stream(self, service: str) -> None:
        """Create the stream of a service; consumers call it too, for a publisher not yet started."""
        jetstream = await self.jetstream()
        config = StreamConfig(
            name=stream_of(service),
            subjects=subjects_of(service),
            storage=StorageType.FILE,
            num_replicas=self._replicas,
            duplicate_window=DUPLICATE_WINDOW.total_seconds(),
            max_age=STREAM_AGE.total_seconds(),
        )
        try:
            await jetstream.add_stream(config)
        except BadRequestError as error:
            if error.err_code != 10058:  # the stream exists with other settings: bring it up to date
                raise
            await jetstream.update_stream(config)

    async def close(self) -> None:
        if self._client is not None:
            with contextlib.suppress(nats.errors.Error, TimeoutError, OSError):
                async with asyncio.timeout(2):  # wait_for of 3.11 can swallow a cancellation
                    await self._client.close()


async def _quiet(error: Exception) -> None:
    log.info("nats_connection", error=type(error).__name__)


def _check_version(client: Client) -> None:
    version = client.connected_server_version
    if (version.major, version.minor) < OLDEST_SERVER:
        raise RuntimeError(f"NATS {version.major}.{version.minor} is too old: 2.11 or newer is needed")


LOST_CONNECTION = (nats.errors.Error, APIError, TimeoutError, OSError)
"""What NATS may answer while it is away or choosing a leader: wait and try again."""


@contextlib.asynccontextmanager
async def subscribed_inbox(client: Client) -> AsyncIterator[tuple[str, "asyncio.Queue[object]"]]:
    """A subject of our own and the queue of what arrives there."""
    queue: asyncio.Queue[object] = asyncio.Queue()
    inbox = client.new_inbox()

    async def arrived(message: object) -> None:
        queue.put_nowait(message)

    subscription = await client.subscribe(inbox, cb=arrived)
    try:
        yield inbox, queue
    finally:
        with contextlib.suppress(*LOST_CONNECTION):
            await subscription.unsubscribe()
