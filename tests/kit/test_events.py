"""From a commit to a handler in another place, over a real NATS: once, in order, and never lost."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from harness import House, admin_url, end_backend, eventually
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from vetagenda_contracts.agenda import CalendarCreated, CalendarUpdated, PracticeUpdated
from vetagenda_contracts.booking import ProfileUpdated
from vetagenda_contracts.events import Actor, CloudEvent
from vetagenda_kit.clock import system_now
from vetagenda_kit.consumers import Consumers, Delivery, Subscription, replay
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.own_connection import OwnConnection
from vetagenda_kit.plumbing import dead_letter
from vetagenda_kit.relay import distinct_aggregates
from vetagenda_kit.service import _pruning

Handler = Callable[[WriteSession, Any, Delivery], Awaitable[None]]


@contextlib.asynccontextmanager
async def listening(house: House, name: str, handler: Handler, **options: Any) -> AsyncIterator[Subscription]:
    """A consumer of the agenda's calendar events, in the agenda's own database."""
    service = house.services["agenda"]
    consumers = Consumers(name, **options)
    consumers.on(CalendarCreated, CalendarUpdated)(handler)
    assert service.bus
    subscription = Subscription(service.bus, service.db, consumers, "agenda", service)
    task = asyncio.create_task(subscription.run())
    try:
        yield subscription
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _calendar(house: House, practice_id: UUID, name: str = "Dr A") -> dict[str, Any]:
    async with house.client("agenda", practice_id) as client:
        answer = await client.post(f"/v1/practices/{practice_id}/calendars", json={"name": name})
        made: dict[str, Any] = answer.json()
        return made


async def _rename(house: House, calendar: dict[str, Any], name: str) -> None:
    path = f"/v1/practices/{calendar['practice_id']}/calendars/{calendar['id']}"
    async with house.client("agenda", UUID(calendar["practice_id"])) as client:
        assert (await client.patch(path, json={"name": name}, headers={"If-Match": "*"})).status_code == 200


async def test_an_event_arrives_once_and_in_order(house: House, request: pytest.FixtureRequest) -> None:
    practice_id = await house.practice()
    seen: list[int] = []

    async def note(_session: WriteSession, event: Any, _delivery: Delivery) -> None:
        if event.practice_id == practice_id:
            seen.append(event.version)

    async with listening(house, request.node.name, note):
        calendar = await _calendar(house, practice_id)
        for number in range(20):
            await _rename(house, calendar, f"Dr {number}")

        async def all_seen() -> bool:
            return len(seen) >= 21

        await eventually(all_seen)
        async with house.internal("agenda", practice_id) as operator:
            order = {"since": (system_now() - timedelta(hours=1)).isoformat()}
            assert (await operator.post("/internal/republish", json=order)).json()["republished"] >= 21
            all_had = {"practice_id": str(practice_id), "until": system_now().isoformat()}
            assert (await operator.post("/internal/run-due", json=all_had)).status_code == 200
    assert seen == list(range(1, 22))


async def test_an_older_version_is_skipped(house: House, request: pytest.FixtureRequest) -> None:
    """The first attempt of version 1 fails; when it comes again, version 2 has been had."""
    practice_id = await house.practice()
    seen: list[int] = []
    failed: list[int] = []

    async def fail_first(_session: WriteSession, event: Any, _delivery: Delivery) -> None:
        if event.practice_id != practice_id:
            return
        if event.version == 1 and not failed:
            failed.append(1)
            raise ValueError("not now")
        seen.append(event.version)

    retries = (timedelta(seconds=0.3),) * 5
    async with listening(house, request.node.name, fail_first, retries=retries) as subscription:
        await _rename(house, await _calendar(house, practice_id), "Dr B")

        async def nothing_pending() -> bool:
            return seen == [2] and await _none_pending(house, subscription)

        await eventually(nothing_pending)
    assert (seen, failed) == ([2], [1])


async def test_what_two_services_tell_of_one_id_is_had_of_both(house: House) -> None:
    """A practice and its booking profile have one id, and versions of their own."""
    practice_id, database = await house.practice(), house.services["agenda"].db
    consumers, seen = Consumers("hears-two-services"), list[tuple[str, int]]()

    @consumers.on(PracticeUpdated, ProfileUpdated)
    async def note(_session: WriteSession, event: Any, _delivery: Delivery) -> None:
        seen.append((event.type, event.version))

    async def arrives(kind: Any, version: int) -> None:
        actor = Actor(kind="service", id="tests")
        facts = {"practice_id": practice_id, "aggregate_id": practice_id, "actor": actor, "version": version}
        event = kind(**facts, before={}, after={})
        await consumers.handle(database, CloudEvent.of(event, id=uuid7(), time=system_now()), None)

    for kind, version in (
        (PracticeUpdated, 5),
        (ProfileUpdated, 2),
        (PracticeUpdated, 4),
        (ProfileUpdated, 3),
    ):
        await arrives(kind, version)
    assert seen == [(PracticeUpdated.type, 5), (ProfileUpdated.type, 2), (ProfileUpdated.type, 3)]


async def test_an_effect_that_is_not_committed_leaves_no_note_of_the_event(house: House) -> None:
    """Who dies between a handler's work and its commit handles the event when it comes again."""
    practice_id, database = await house.practice(), house.services["agenda"].db
    consumers, begun = Consumers("dies-before-its-commit"), list[int]()

    @consumers.on(CalendarCreated)
    async def work(session: WriteSession, event: Any, _delivery: Delivery) -> None:
        begun.append(event.version)
        if len(begun) == 1:
            await end_backend(await session.scalar(text("SELECT pg_backend_pid()")))

    event = CalendarCreated(
        practice_id=practice_id,
        aggregate_id=uuid7(),
        actor=Actor(kind="service", id="tests"),
        version=1,
        after={},
    )
    envelope = CloudEvent.of(event, id=uuid7(), time=system_now())
    with pytest.raises(DBAPIError):
        await consumers.handle(database, envelope, None)
    for _ in range(2):
        await consumers.handle(database, envelope, None)
    assert begun == [1, 1]


async def test_what_keeps_failing_becomes_a_dead_letter_that_can_be_replayed(
    house: House, request: pytest.FixtureRequest
) -> None:
    practice_id = await house.practice()
    healed: list[UUID] = []
    broken = True

    async def handler(_session: WriteSession, event: Any, _delivery: Delivery) -> None:
        if event.practice_id == practice_id:
            if broken:
                raise ValueError("Élodie Plutôt, 06 12 34 56 67")
            healed.append(event.aggregate_id)

    retries = (timedelta(seconds=0.01),) * 2
    async with listening(house, request.node.name, handler, retries=retries) as subscription:
        calendar = await _calendar(house, practice_id)

        async def buried() -> list[dict[str, Any]]:
            async with house.internal("agenda", practice_id) as operator:
                letters = (await operator.get("/internal/dead-letters")).json()
            return [each for each in letters if each["practice_id"] == str(practice_id)]

        (letter,) = await eventually(buried)
        assert letter["type"] == "agenda.calendar.created"
        assert "Plut" not in letter["error"]
        broken = False
        service = house.services["agenda"]
        consumers = subscription._consumers
        assert await replay(service.db, consumers, letter["id"], service)
        assert healed == [UUID(calendar["id"])]
        assert not await replay(service.db, consumers, letter["id"], service)


async def test_what_is_no_event_stops_nobody(house: House, request: pytest.FixtureRequest) -> None:
    practice_id = await house.practice()
    seen: list[UUID] = []

    async def note(_session: WriteSession, event: Any, _delivery: Delivery) -> None:
        if event.practice_id == practice_id:
            seen.append(event.aggregate_id)

    async with listening(house, request.node.name, note):
        bus = house.services["agenda"].bus
        assert bus
        for garbage in (b"", b"{", b"[]", b'{"type": "agenda.calendar.created"}'):
            await (await bus.jetstream()).publish("agenda.calendar.created", garbage)
        calendar = await _calendar(house, practice_id)

        async def had() -> bool:
            return bool(seen)

        await eventually(had)
    assert seen == [UUID(calendar["id"])]


async def test_a_deleted_durable_comes_back(house: House, request: pytest.FixtureRequest) -> None:
    practice_id = await house.practice()
    seen: list[UUID] = []

    async def note(_session: WriteSession, event: Any, _delivery: Delivery) -> None:
        if event.practice_id == practice_id:
            seen.append(event.aggregate_id)

    async with listening(house, request.node.name, note) as subscription:
        first = await _calendar(house, practice_id)

        async def count(wanted: int) -> bool:
            return len(seen) >= wanted

        await eventually(lambda: count(1))
        bus = house.services["agenda"].bus
        assert bus
        await (await bus.jetstream()).delete_consumer(subscription.stream, subscription.durable)
        second = await _calendar(house, practice_id, "Dr B")
        await eventually(lambda: count(2), seconds=20)
    assert seen == [UUID(first["id"]), UUID(second["id"])]


async def test_events_carry_no_personal_data(house: House) -> None:
    practice_id = await house.practice(name="Clinique Secrète", email="secret@example.org")
    async with house.client("agenda", practice_id) as client:
        body = {"given_name": "Élodie", "family_name": "Plutôt", "phone": "06 12 34 56 67"}
        owner = (await client.post(f"/v1/practices/{practice_id}/owners", json=body)).json()
        path = f"/v1/practices/{practice_id}/owners/{owner['id']}"
        await client.patch(path, json={"phone": "06 99 99 99 99"}, headers={"If-Match": '"1"'})
    told = await house.events("agenda", practice_id)
    assert [each["type"] for each in told] == [
        "agenda.practice.created",
        "agenda.owner.created",
        "agenda.owner.updated",
    ]
    assert told[-1]["data"]["fields"] == ["phone"]
    assert not any(word in str(told) for word in ("Plut", "lodie", "0612", "06 ", "+336", "Secr", "secret@"))


async def test_events_are_committed_while_nats_is_unknown(house: House) -> None:
    """A command that fails leaves no event behind."""
    practice_id = await house.practice()
    before = len(await house.events("agenda", practice_id))
    async with house.client("agenda", practice_id) as client:
        answer = await client.post(
            f"/v1/practices/{practice_id}/animals",
            json={"owner_id": "00000000-0000-7000-8000-000000000000", "name": "Milou"},
        )
        assert answer.status_code == 404
    assert len(await house.events("agenda", practice_id)) == before
    async with house.services["agenda"].db.jobs_reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM animal WHERE name = 'Milou'")) == 0


async def test_what_concerns_nobody_is_had_without_a_note(
    house: House, request: pytest.FixtureRequest
) -> None:
    """Also after the connection that looks was cut."""
    ours, others = await house.practice(), await house.practice()
    backends: list[int] = []
    seen: list[str] = []

    async def concerns(connection: OwnConnection, event: Any) -> bool:
        backends.append((await connection.fetch("SELECT pg_backend_pid()"))[0][0])
        return bool(event.practice_id == ours)

    async def note(_session: WriteSession, event: Any, _delivery: Delivery) -> None:
        seen.append(str(event.aggregate_id))

    async with listening(house, request.node.name, note, concerns=concerns) as subscription:

        async def had(count: int) -> bool:
            return len(seen) == count and await _none_pending(house, subscription)

        await _calendar(house, others)
        first = await _calendar(house, ours)
        await eventually(lambda: had(1))
        await end_backend(backends[-1])
        await _calendar(house, others)
        second = await _calendar(house, ours, "Dr B")
        await eventually(lambda: had(2))
    assert seen == [first["id"], second["id"]]
    async with house.services["agenda"].db.jobs_reading() as session:
        query = text("SELECT count(*) FROM inbox WHERE consumer = :consumer")
        assert await session.scalar(query, {"consumer": request.node.name}) == 2
        query = text("SELECT array_agg(practice_id) FROM aggregate_seen WHERE consumer = :consumer")
        assert await session.scalar(query, {"consumer": request.node.name}) == [ours, ours]


async def _none_pending(house: House, subscription: Subscription) -> bool:
    bus = house.services["agenda"].bus
    assert bus
    info = await (await bus.jetstream()).consumer_info(subscription.stream, subscription.durable)
    return (info.num_pending, info.num_ack_pending) == (0, 0)


async def _cut_the_relay(house: House) -> bool:
    """As a restart of PostgreSQL does: the connection that holds the relay's lock is gone, and the lock."""
    engine = create_async_engine(admin_url(house.database))
    async with engine.begin() as connection:
        cut = text(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND granted AND datname = :name"
        )
        rows = (await connection.execute(cut, {"name": house.database})).all()
    await engine.dispose()
    return bool(rows)


async def test_a_relay_whose_connection_is_cut_goes_on(house: House, request: pytest.FixtureRequest) -> None:
    practice_id = await house.practice()
    seen: list[int] = []

    async def note(_session: WriteSession, event: Any, _delivery: Delivery) -> None:
        if event.practice_id == practice_id:
            seen.append(event.version)

    async with listening(house, request.node.name, note):
        calendar = await _calendar(house, practice_id)
        for number in range(3):
            assert await eventually(lambda: _cut_the_relay(house))
            await _rename(house, calendar, f"Dr {number}")

            async def arrived(version: int = number + 2) -> bool:
                return version in seen

            assert await eventually(arrived)
    assert seen == [1, 2, 3, 4]


async def test_who_dies_between_publishing_and_noting_it_publishes_no_second_event(
    house: House, request: pytest.FixtureRequest
) -> None:
    """The next relay sends the same id again, and the stream drops it."""
    practice_id = await house.practice()
    service = house.services["agenda"]
    assert service.bus
    jetstream = await service.bus.jetstream()

    async def all_published() -> bool:
        async with service.db.jobs_reading() as session:
            return not await session.scalar(text("SELECT count(*) FROM outbox WHERE published_at IS NULL"))

    await _calendar(house, practice_id)
    await eventually(all_published)
    before = (await jetstream.stream_info("AGENDA")).state.messages
    async with service.db.jobs_writing() as session:
        unmark = text("UPDATE outbox SET published_at = NULL WHERE practice_id = :practice")
        await session.execute(unmark, {"practice": practice_id})
    await eventually(all_published)
    assert (await jetstream.stream_info("AGENDA")).state.messages == before


@pytest.mark.parametrize(
    ("order", "groups"), [("", []), ("abc", ["abc"]), ("aba", ["ab", "a"]), ("aab", ["a", "ab"])]
)
def test_one_aggregates_events_never_travel_together(order: str, groups: list[str]) -> None:
    cut = distinct_aggregates([{"aggregate_id": letter} for letter in order])
    assert ["".join(row["aggregate_id"] for row in group) for group in cut] == groups


@pytest.mark.parametrize(
    ("column", "days", "is_there"),
    [("dead_at", 89, True), ("dead_at", 91, False), ("replayed_at", 29, True), ("replayed_at", 31, False)],
)
async def test_dead_letters_end(
    house: House, request: pytest.FixtureRequest, column: str, days: int, is_there: bool
) -> None:
    """PLAT-2: who looks after a quarter finds them, and what was replayed as long as events."""
    practice_id, consumer = await house.practice(), request.node.name
    letter = {"consumer": consumer, "event_id": uuid7(), "practice_id": practice_id, "dead_at": system_now()}
    letter |= {"type": "agenda.calendar.created", "payload": {}, "error": "Unlucky at there.py:1"}
    service = house.services["agenda"]
    async with service.db.jobs_writing() as session:
        await session.execute(
            insert(dead_letter).values(letter | {column: system_now() - timedelta(days=days)})
        )
    await _pruning().run(service)
    async with service.db.jobs_reading() as session:
        found = await session.scalar(select(dead_letter.c.id).where(dead_letter.c.consumer == consumer))
    assert (found is not None) is is_there
