"""What the followers of all streams bring is written together: all or nothing, and once (PART-8)."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from harness import end_backend, fresh_database, runtime_url
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from vetagenda_gateway.feed import commands, queries
from vetagenda_gateway.feed.commands import Message, PositionTaken
from vetagenda_gateway.feed.writer import Arrival, Writer, in_order
from vetagenda_kit.db import Database, DatabaseLost
from vetagenda_kit.ids import uuid7
from vetagenda_kit.own_connection import OwnConnection, own_connection

MADE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
async def database() -> AsyncIterator[Database]:
    database = Database(runtime_url("gateway", await fresh_database()), "gateway", pool_size=3)
    yield database
    await database.close()


@pytest.fixture
def practice() -> UUID:
    return uuid7()


@pytest.fixture
def streams() -> tuple[str, str]:
    return f"A-{uuid7()}", f"B-{uuid7()}"


def arrival(stream: str, sequence: int, practice: UUID, **data: Any) -> Arrival:
    event = {
        "id": str(uuid7()),
        "type": f"{stream}.{sequence}",
        "data": {"practice_id": str(practice)} | data,
    }
    message = Message.parsed(json.dumps(event).encode())
    return Arrival(stream, sequence, MADE + timedelta(seconds=sequence), message)


@contextlib.asynccontextmanager
async def writing(database: Database, *streams: str) -> AsyncIterator[Writer]:
    """A running writer that has begun these streams."""
    async with own_connection(database) as connection:
        writer = Writer(connection)
        for stream in streams:
            await writer.begin(stream, MADE)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(writer.run())
            yield writer
            running.cancel()


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[OwnConnection]:
    async with own_connection(database) as connection:
        yield connection


async def numbered(database: Database, practice: UUID) -> list[tuple[int, str]]:
    async with database.reading([practice]) as session:
        rows = await queries.after(session, practice, 0, 1000, None)
    return [(row.sequence, row.event["type"]) for row in rows]


async def position(database: Database, stream: str) -> int:
    async with own_connection(database) as connection:
        return await commands.begin_at(connection, stream, MADE)


async def _die_before_the_commit(
    database: Database, brought: list[Arrival], read: dict[str, tuple[int, int]]
) -> None:
    async with own_connection(database) as connection, connection.transaction():
        await commands.append(connection, [each.message for each in brought if each.message], read)
        await end_backend((await connection.fetch("SELECT pg_backend_pid()"))[0][0])


async def test_events_of_two_streams_are_numbered_in_the_order_of_their_publication(
    database: Database, practice: UUID, streams: tuple[str, str]
) -> None:
    a, b = streams
    async with writing(database, a, b) as writer:
        writer.bring([arrival(b, 2, practice), arrival(b, 4, practice)])
        writer.bring([arrival(a, 1, practice), arrival(a, 3, practice)])
        await writer.all_written()
    assert await numbered(database, practice) == [(1, f"{a}.1"), (2, f"{b}.2"), (3, f"{a}.3"), (4, f"{b}.4")]
    assert (await position(database, a), await position(database, b)) == (3, 4)


async def test_who_has_just_written_gathers_what_comes_next(
    database: Database, practice: UUID, streams: tuple[str, str]
) -> None:
    a, b = streams
    async with writing(database, a, b) as writer:
        writer.bring([arrival(a, 1, practice)])
        await writer.all_written()
        for sequence, stream in enumerate([a, b, a, b], 2):
            writer.bring([arrival(stream, sequence, practice)])
            for _ in range(50):
                await asyncio.sleep(0)
        await writer.all_written()
    async with database.jobs_reading() as session:
        query = text("SELECT count(DISTINCT xmin::text) FROM feed_event WHERE practice_id = :practice")
        assert await session.scalar(query, {"practice": practice}) == 2
    assert [number for number, _ in await numbered(database, practice)] == [1, 2, 3, 4, 5]


async def test_who_dies_before_the_commit_has_written_nothing_and_the_next_writes_all(
    database: Database, practice: UUID, streams: tuple[str, str]
) -> None:
    """Events, counter and places are one transaction: there is no moment between them."""
    a, b = streams
    brought = [arrival(a, 1, practice), arrival(b, 2, practice), arrival(a, 3, practice)]
    await position(database, a)
    await position(database, b)
    with pytest.raises(DatabaseLost):
        await _die_before_the_commit(database, brought, {a: (0, 3), b: (0, 2)})
    assert await numbered(database, practice) == []
    assert (await position(database, a), await position(database, b)) == (0, 0)
    async with writing(database, a, b) as writer:
        writer.bring(brought)
        await writer.all_written()
    assert [number for number, _ in await numbered(database, practice)] == [1, 2, 3]


async def test_who_dies_after_the_commit_has_written_all_and_the_next_goes_on(
    database: Database, connection: OwnConnection, practice: UUID, streams: tuple[str, str]
) -> None:
    a, _ = streams
    first, second = arrival(a, 1, practice), arrival(a, 2, practice)
    assert await position(database, a) == 0
    assert first.message
    await commands.append(connection, [first.message], {a: (0, 1)})
    async with writing(database) as writer:  # the former did not live to hear of its commit
        assert await writer.begin(a, MADE) == 1
        writer.bring([second])
        await writer.all_written()
    assert await numbered(database, practice) == [(1, f"{a}.1"), (2, f"{a}.2")]


async def test_a_stream_that_another_reads_on_keeps_nothing_of_the_batch(
    database: Database, connection: OwnConnection, practice: UUID, streams: tuple[str, str]
) -> None:
    a, b = streams
    writer = Writer(connection)
    for stream in streams:
        await writer.begin(stream, MADE)
    async with own_connection(database) as of_another:
        await commands.append(of_another, [], {b: (0, 7)})
    writer.bring([arrival(a, 1, practice), arrival(b, 2, practice)])
    with pytest.raises(PositionTaken):
        await writer.run()
    assert await numbered(database, practice) == []
    assert (await position(database, a), await position(database, b)) == (0, 7)


@pytest.mark.parametrize("value", ["\x00", float("nan"), "\ud800"])
async def test_what_no_database_takes_is_passed_over_alone(
    database: Database, practice: UUID, streams: tuple[str, str], value: Any
) -> None:
    a, b = streams
    async with writing(database, a, b) as writer:
        writer.bring([arrival(a, 1, practice), arrival(a, 2, practice, value=value), arrival(a, 3, practice)])
        writer.bring([arrival(b, 4, practice)])
        await writer.all_written()
    assert await numbered(database, practice) == [(1, f"{a}.1"), (2, f"{a}.3"), (3, f"{b}.4")]
    assert await position(database, a) == 3


async def test_what_is_brought_again_after_a_new_beginning_is_written_once(
    database: Database, connection: OwnConnection, practice: UUID, streams: tuple[str, str]
) -> None:
    """A delivery broke: what was brought of that stream and is not written yet comes again."""
    a, b = streams
    ours, theirs = [arrival(a, 1, practice), arrival(a, 2, practice)], [arrival(b, 3, practice)]
    writer = Writer(connection)
    for stream in streams:
        await writer.begin(stream, MADE)
    writer.bring(ours)
    writer.bring(theirs)
    assert await writer.begin(a, MADE) == 0
    writer.bring(ours)
    running = asyncio.create_task(writer.run())
    await writer.all_written()
    running.cancel()
    assert await numbered(database, practice) == [(1, f"{a}.1"), (2, f"{a}.2"), (3, f"{b}.3")]


PLACES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=20)


@given(PLACES)
def test_the_order_of_each_stream_is_kept_whatever_the_clocks_say(places: list[tuple[str, int]]) -> None:
    brought = [
        Arrival(stream, number, MADE + timedelta(seconds=seconds), None)
        for number, (stream, seconds) in enumerate(places)
    ]
    ordered = in_order(brought)
    for stream in "abc":
        of_stream = [each for each in brought if each.stream == stream]
        assert [each for each in ordered if each.stream == stream] == of_stream


@given(PLACES)
def test_what_was_published_first_comes_first(places: list[tuple[str, int]]) -> None:
    brought = [
        Arrival(stream, number, MADE + timedelta(seconds=seconds), None)
        for number, (stream, seconds) in enumerate(sorted(places, key=lambda place: place[1]))
    ]
    moments = [each.published_at for each in in_order(brought)]
    assert moments == sorted(moments)
