"""The event feed: numbered without a gap, in order, whatever is restarted (PART-8)."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from gateway.conftest import Front, front, second_door
from gateway.test_forwarding import problem
from harness import eventually
from sqlalchemy import text

from vetagenda_gateway.feed import commands
from vetagenda_gateway.keys.bootstrap import create_admin_key
from vetagenda_kit import logs
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7
from vetagenda_kit.own_connection import own_connection


@dataclass
class Clinic:
    """A practice behind the gateway, with a key of its own."""

    front: Front
    practice: UUID
    key: str

    @property
    def path(self) -> str:
        return f"/v1/practices/{self.practice}"

    def client(self) -> httpx.AsyncClient:
        return self.front.client(self.key)

    async def make_calendars(self, count: int) -> None:
        """Each causes one event."""
        async with self.client() as client:
            for number in range(count):
                body = {"name": f"Cabinet {number}", "kind": "room"}
                answer = await client.post(f"{self.path}/calendars", json=body)
                assert answer.status_code == 201, answer.text

    async def feed(self, after: int = 0, limit: int = 1000) -> dict[str, Any]:
        async with self.client() as client:
            answer = await client.get(f"{self.path}/events", params={"after": after, "limit": limit})
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    async def settled(self, count: int) -> list[dict[str, Any]]:
        """The feed's items as soon as it has so many."""

        async def enough() -> list[dict[str, Any]] | None:
            page = await self.feed()
            return page["items"] if page["last"] >= count else None

        items: list[dict[str, Any]] = await eventually(enough)
        return items


@pytest.fixture(scope="session")
async def busy(tmp_path_factory: pytest.TempPathFactory, nats_url: str) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("feed"), "agenda", nats_url=nats_url) as running:
        yield running


@pytest.fixture(scope="session")
async def operator(busy: Front) -> str:
    return (await create_admin_key(busy.settings.database_url))[1]


@pytest.fixture
async def clinic(busy: Front, operator: str) -> Clinic:
    async with busy.client(operator) as client:
        body = {"name": "Clinique", "time_zone": "Europe/Paris", "country": "FR", "locale": "fr"}
        answer = await client.post("/v1/practices", json=body | {"phone": "+33144556677"})
    practice = UUID(answer.json()["id"])
    return Clinic(busy, practice, await busy.key(practice))


async def published(clinic: Clinic) -> list[str]:
    return [event["id"] for event in await clinic.front.house.events("agenda", clinic.practice)]


async def test_every_event_is_in_the_feed_once_in_order_and_numbered_from_one(clinic: Clinic) -> None:
    await clinic.make_calendars(20)
    items = await clinic.settled(21)
    assert [item["sequence"] for item in items] == list(range(1, 22))
    assert [item["id"] for item in items] == await published(clinic)
    assert items[0]["type"] == "agenda.practice.created"
    assert {item["type"] for item in items[1:]} == {"agenda.calendar.created"}
    assert all(item["data"]["practice_id"] == str(clinic.practice) for item in items)
    assert items[-1]["data"]["actor"]["kind"] == "api_key"


async def test_a_busy_feed_is_written_in_few_transactions(clinic: Clinic) -> None:
    started = time.monotonic()
    await asyncio.gather(*(clinic.make_calendars(10) for _ in range(4)))
    await clinic.settled(41)
    tenths_of_a_second = (time.monotonic() - started) * 10
    async with clinic.front.database.jobs_reading() as session:
        query = text("SELECT count(DISTINCT xmin::text) FROM feed_event WHERE practice_id = :practice")
        transactions = await session.scalar(query, {"practice": clinic.practice})
    assert 1 <= transactions <= tenths_of_a_second + 2


async def test_pages_follow_each_other(clinic: Clinic) -> None:
    await clinic.make_calendars(4)
    whole = await clinic.settled(5)
    after, collected = 0, []
    while after is not None:
        page = await clinic.feed(after, limit=2)
        collected += page["items"]
        assert page["last"] == 5
        after = page["next"]
    assert collected == whole
    assert (await clinic.feed(5))["items"] == []


async def test_events_that_are_published_again_are_not_listed_again(clinic: Clinic) -> None:
    """A stream that was lost is refilled from the outbox: same events, new places in the stream."""
    await clinic.make_calendars(3)
    before = await clinic.settled(4)
    async with clinic.front.database.jobs_reading() as session:
        query = text("SELECT last_sequence FROM feed_position WHERE stream = 'AGENDA'")
        read_to = await session.scalar(query)
    assert read_to >= 4
    async with own_connection(clinic.front.database) as connection, connection.transaction():
        started = await commands.begin_at(connection, "AGENDA", system_now())
        assert started == 0
        messages = [_message(_envelope(item)) for item in before]
        await commands.append(connection, messages, {"AGENDA": (0, len(messages))})
        await connection.fetch("UPDATE feed_position SET last_sequence = $1 WHERE stream = 'AGENDA'", read_to)
    await clinic.make_calendars(1)
    assert [item["sequence"] for item in await clinic.settled(5)] == [1, 2, 3, 4, 5]


def _envelope(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "sequence"}


def _message(event: dict[str, Any]) -> commands.Message:
    return commands.Message.parsed(json.dumps(event).encode())


async def test_what_is_no_event_does_not_stop_the_feed(clinic: Clinic) -> None:
    bus = clinic.front.house.services["agenda"].bus
    assert bus
    for garbage in (b"", b"{", b"[]", b'{"id": 1}', b'{"id": "x", "data": {}}'):
        await (await bus.jetstream()).publish("agenda.calendar.created", garbage)
    await clinic.make_calendars(1)
    assert [item["sequence"] for item in await clinic.settled(2)] == [1, 2]


async def test_of_two_gateways_only_one_writes_and_nothing_is_doubled(clinic: Clinic) -> None:
    async with second_door(clinic.front):
        await asyncio.gather(clinic.make_calendars(15), clinic.make_calendars(15))
        items = await clinic.settled(31)
    assert [item["sequence"] for item in items] == list(range(1, 32))
    assert sorted(item["id"] for item in items) == sorted(await published(clinic))


async def test_a_batch_of_a_gateway_that_no_longer_leads_is_not_kept(clinic: Clinic) -> None:
    await clinic.settled(1)
    stray = _message(_envelope((await clinic.feed())["items"][0]) | {"id": str(uuid7())})
    async with own_connection(clinic.front.database) as connection:
        with pytest.raises(commands.PositionTaken):
            await commands.append(connection, [stray], {"AGENDA": (10**9 - 1, 10**9)})
    assert (await clinic.feed())["last"] == 1


async def read_stream(
    client: httpx.AsyncClient, path: str, until: int, headers: dict[str, str]
) -> list[dict[str, Any]]:
    """The events of a stream up to a number."""
    found: list[dict[str, Any]] = []
    event: dict[str, str] = {}
    async with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                event[name] = value
            elif "data" in event:
                item = json.loads(event["data"])
                assert event["id"] == str(item["sequence"])
                assert event["event"] == item["type"]
                found.append(item)
                event = {}
                if item["sequence"] >= until:
                    break
    return found


async def test_a_consumer_that_was_away_proves_that_it_missed_nothing(clinic: Clinic) -> None:
    stream = f"{clinic.path}/events/stream"
    async with clinic.client() as client:
        reading = asyncio.create_task(read_stream(client, stream + "?after=0", 6, {}))
        await clinic.make_calendars(8)
        first = await reading
        await clinic.settled(9)  # while the consumer is away
        last_seen = str(first[-1]["sequence"])
        reading = asyncio.create_task(read_stream(client, stream, 12, {"Last-Event-ID": last_seen}))
        await clinic.make_calendars(3)
        second = await reading
    assert [item["sequence"] for item in first + second] == list(range(1, 13))
    assert first + second == (await clinic.feed())["items"]


async def test_a_stream_begins_with_what_is_new(clinic: Clinic) -> None:
    await clinic.make_calendars(2)
    await clinic.settled(3)
    async with clinic.client() as client:
        stream = f"{clinic.path}/events/stream"
        reading = asyncio.create_task(read_stream(client, stream, 4, {}))
        waiting = clinic.front.waiting
        await eventually(lambda: _waits(waiting, clinic))
        await clinic.make_calendars(1)
        assert [item["sequence"] for item in await reading] == [4]


async def _waits(waiting: Any, clinic: Clinic) -> bool:
    return bool(waiting.is_waited_for(str(clinic.practice)))


async def test_a_stream_ends_when_its_key_is_revoked(clinic: Clinic, operator: str) -> None:
    async with clinic.client() as client:
        own = (await client.get("/v1/keys/self")).json()
        async with client.stream("GET", f"{clinic.path}/events/stream?after=0") as answer:
            lines = answer.aiter_lines()
            assert await anext(lines)
            async with clinic.front.client(operator) as manager:
                assert (await manager.delete(f"/v1/keys/{own['id']}")).status_code == 204
                body = {"name": "Cabinet secret", "kind": "room"}
                assert (await manager.post(f"{clinic.path}/calendars", json=body)).status_code == 201
            async with asyncio.timeout(5):
                rest = [line async for line in lines]  # to its end
        assert not [line for line in rest if "agenda.calendar.created" in line]
        problem(await client.get(f"{clinic.path}/events/stream"), 401, "unauthenticated")


@pytest.fixture
def every_line() -> Iterator[None]:
    logs.configure("gateway", "debug")
    yield
    logs.configure("gateway", "warning")


@contextlib.asynccontextmanager
async def _one_line_read(client: httpx.AsyncClient, clinic: Clinic) -> AsyncIterator[None]:
    """A stream of which one line was read; it is closed where the block ends."""
    async with client.stream("GET", f"{clinic.path}/events/stream?after=0") as answer:
        assert await anext(answer.aiter_lines())
        yield


async def _logged_of_streams(capsys: pytest.CaptureFixture[str], ended: int) -> list[dict[str, Any]]:
    """What the log says until so many streams have ended; what the door says of one follows at once."""
    said: list[dict[str, Any]] = []

    async def enough() -> bool:
        said.extend(map(json.loads, capsys.readouterr().err.splitlines()))
        return len([line for line in said if line.get("route", "").endswith("/stream")]) >= ended

    await eventually(enough)
    return said


@pytest.mark.usefixtures("every_line")
async def test_a_client_that_leaves_its_stream_is_no_error(
    clinic: Clinic, operator: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With events that wait to be sent, and while its key is being revoked."""
    await clinic.make_calendars(40)
    await clinic.settled(41)
    async with clinic.client() as client, clinic.front.client(operator) as manager:
        own = (await client.get("/v1/keys/self")).json()
        for _ in range(5):
            async with _one_line_read(client, clinic):
                pass
        async with _one_line_read(client, clinic):
            revoking = asyncio.create_task(manager.delete(f"/v1/keys/{own['id']}"))
            await asyncio.sleep(0)
        assert (await revoking).status_code == 204
    said = await _logged_of_streams(capsys, 6)
    assert "client_gone" in [line["event"] for line in said]
    assert "error" not in [line["level"] for line in said]


@pytest.mark.usefixtures("every_line")
async def test_a_stream_that_fails_says_of_what_and_where(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    await clinic.settled(1)
    async with own_connection(clinic.front.database) as connection:
        spoilt = """UPDATE feed_event SET event = '{"type": "x", "Milou": 1}' WHERE practice_id = $1"""
        await connection.fetch(spoilt, clinic.practice)
    async with (
        clinic.client() as client,
        client.stream("GET", f"{clinic.path}/events/stream?after=0") as sent,
    ):
        assert not [line async for line in sent.aiter_lines()]
    said = await _logged_of_streams(capsys, 1)
    [failed] = [line for line in said if line["level"] == "error"]
    assert failed["error"] == "ExceptionGroup[ValidationError]"
    [inside] = failed["inside"]
    assert inside["error"] == "ValidationError"
    assert [place for place in inside["trace"] if place.startswith("feed/api.py:")]
    assert "Milou" not in str(said)


async def test_forgotten_events_are_told_not_skipped(clinic: Clinic) -> None:
    await clinic.make_calendars(3)
    await clinic.settled(4)
    async with clinic.front.database.jobs_writing() as session:
        statement = text("DELETE FROM feed_event WHERE practice_id = :practice AND sequence <= 2")
        await session.execute(statement, {"practice": clinic.practice})
    async with clinic.client() as client:
        told = problem(await client.get(f"{clinic.path}/events?after=1"), 410, "events-forgotten")
        assert told["oldest"] == 3
        problem(await client.get(f"{clinic.path}/events/stream?after=0"), 410, "events-forgotten")
    assert [item["sequence"] for item in (await clinic.feed(2))["items"]] == [3, 4]
    async with clinic.front.database.jobs_writing() as session:
        await commands.forget_before(session, system_now() + timedelta(hours=1))
    async with clinic.client() as client:
        problem(await client.get(f"{clinic.path}/events?after=0"), 410, "events-forgotten")
    assert (await clinic.feed(4))["items"] == []


async def test_a_number_that_was_never_given_is_refused_instead_of_waited_for(clinic: Clinic) -> None:
    await clinic.settled(1)
    async with clinic.client() as client:
        for path in (f"{clinic.path}/events", f"{clinic.path}/events/stream"):
            told = problem(await client.get(f"{path}?after=2"), 422, "invalid-request")
            assert told["errors"] == [{"pointer": "?after", "detail": "the newest event is number 1"}]
            told = problem(await client.get(f"{path}?after=%ff"), 422, "invalid-request")
            assert told["errors"] == [{"pointer": "?after", "detail": "this is not UTF-8, percent-encoded"}]
        stream = f"{clinic.path}/events/stream"
        told = problem(await client.get(stream, headers={"Last-Event-ID": "2"}), 422, "invalid-request")
        assert told["errors"][0]["pointer"] == "?Last-Event-ID"  # type: ignore[index]
    assert (await clinic.feed(1)) == {"items": [], "next": None, "last": 1}


async def test_the_feed_is_for_those_who_may_read_events_of_this_practice(clinic: Clinic) -> None:
    reader = await clinic.front.key(clinic.practice, scopes=["agenda:read"])
    stranger = await clinic.front.key(uuid7())
    for rest in ("/events", "/events/stream"):
        async with clinic.front.client(reader) as client:
            problem(await client.get(clinic.path + rest), 403, "scope-missing")
        async with clinic.front.client(stranger) as client:
            problem(await client.get(clinic.path + rest), 404, "not-found")
    async with clinic.client() as client:
        answer = await client.get(f"{clinic.path}/events/stream", headers={"Last-Event-ID": "x"})
        problem(answer, 422, "invalid-request")


async def test_keys_of_the_practice_are_told_without_the_keys(clinic: Clinic, operator: str) -> None:
    body = {"practices": [str(clinic.practice)], "scopes": ["agenda:read"]}
    async with clinic.front.client(operator) as client:
        created = (await client.post("/v1/keys", json=body)).json()
        assert (await client.delete(f"/v1/keys/{created['id']}")).status_code == 204
    items = await clinic.settled(3)
    types = [item["type"] for item in items if item["subject"] == created["id"]]
    assert types == ["gateway.key.created", "gateway.key.revoked"]
    assert created["key"] not in json.dumps(items)
