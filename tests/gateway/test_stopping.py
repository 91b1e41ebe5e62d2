"""A background task that is told to stop stops, also when that is just when something arrives for it."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any

import pytest

from vetagenda_gateway.feed import api as feed_api
from vetagenda_gateway.feed import follower
from vetagenda_gateway.feed.writer import Writer
from vetagenda_kit.consumers import Subscription
from vetagenda_kit.relay import Relay

Waiting = tuple[Coroutine[Any, Any, Any], Callable[[], Any]]


def _reader_of(reading: Callable[["asyncio.Queue[Any]"], Coroutine[Any, Any, Any]]) -> Waiting:
    queue: asyncio.Queue[Any] = asyncio.Queue()
    return reading(queue), lambda: queue.put_nowait(SimpleNamespace(headers={}))


def a_follower() -> Waiting:
    return _reader_of(follower._arrived)


def a_writer() -> Waiting:
    """It has just written, and gathers until a batch is full."""
    writer = Writer(None)  # type: ignore[arg-type]
    writer._wrote_at = time.monotonic() + 60
    writer._news.set()
    return writer._gather(), writer._full.set


def a_consumer() -> Waiting:
    return _reader_of(lambda queue: Subscription._next(None, queue))  # type: ignore[arg-type]


def a_relay() -> Waiting:
    relay = Relay(None, None, "agenda")  # type: ignore[arg-type]
    return relay._wait(), relay.wake


def a_stream() -> Waiting:
    news = asyncio.Event()
    return feed_api._until(news), news.set


@pytest.mark.parametrize("who_waits", [a_follower, a_writer, a_consumer, a_relay, a_stream])
@pytest.mark.parametrize("turns", range(4))
async def test_a_stop_is_not_missed_for_what_arrives_with_it(
    who_waits: Callable[[], Waiting], turns: int
) -> None:
    waiting, arrive = who_waits()

    async def for_ever() -> None:
        await waiting
        await asyncio.Event().wait()

    task = asyncio.create_task(for_ever())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    arrive()
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=2)
    if not done:
        task.cancel()
        pytest.fail("it goes on as if nobody had told it to stop")
    assert task.cancelled()
