"""PART-7: real messages over real sockets, on a clock that the test moves."""

import contextlib
import ipaddress
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from gateway.webhooks.consumer import Consumer, consumer
from harness import eventually, fresh_database, runtime_url
from sqlalchemy import Row, func, select, update

from vetagenda_contracts.events import Actor
from vetagenda_gateway.feed import commands as feed
from vetagenda_gateway.feed.commands import Message
from vetagenda_gateway.sessions.rules import NeedsKey
from vetagenda_gateway.settings import Settings
from vetagenda_gateway.tables import feed_event, webhook_attempt, webhook_delivery, webhook_endpoint
from vetagenda_gateway.webhooks import commands, queries
from vetagenda_gateway.webhooks.delivering import Delivering
from vetagenda_gateway.webhooks.filling import fill
from vetagenda_gateway.webhooks.schemas import EndpointPatch, NewEndpoint, Replay
from vetagenda_gateway.webhooks.sending import sender
from vetagenda_kit import outbox
from vetagenda_kit.db import Database
from vetagenda_kit.ids import uuid7
from vetagenda_kit.keys import KeyRing
from vetagenda_kit.own_connection import own_connection
from vetagenda_kit.pages import PageRequest

BEGIN = datetime(2026, 11, 24, 7, tzinfo=UTC)
TESTER = Actor(kind="service", id="tests")
WITH_A_KEY = Actor(kind="api_key", id=str(uuid7()))
BOOKED, CANCELLED = "agenda.appointment.booked", "agenda.appointment.cancelled"


@dataclass
class Post:
    """One practice, its feed, and the post office that serves it; `now` stands still until it is moved."""

    database: Database
    delivering: Delivering
    practice: UUID = field(default_factory=uuid7)
    now: datetime = BEGIN
    endpoints: list[UUID] = field(default_factory=list)

    async def endpoint(self, consumer: Consumer, **order: Any) -> UUID:
        wanted = NewEndpoint(url=consumer.url, **order)
        cipher = self.delivering.cipher
        async with self.database.jobs_writing() as session:
            id, consumer.secret = await commands.create(
                session, self.practice, wanted, uuid7(), cipher, self.now, TESTER
            )
        self.endpoints.append(id)
        return id

    async def happen(self, *types: str) -> None:
        """So many events in the practice's feed."""
        messages = [
            Message.parsed(
                json.dumps(
                    {"id": str(uuid7()), "type": each, "data": {"practice_id": str(self.practice)}}
                ).encode()
            )
            for each in types
        ]
        async with own_connection(self.database) as connection:
            await feed.append(connection, messages, {})

    async def settle(self, after: timedelta = timedelta()) -> None:
        """What is due then is sent."""
        self.now += after
        await fill(self.database, self.now)
        await self.delivering.settle()

    async def of(self, id: UUID) -> Row[Any]:
        async with self.database.jobs_reading() as session:
            found = await session.execute(select(webhook_endpoint).where(webhook_endpoint.c.id == id))
            row: Row[Any] = found.one()
            return row

    async def states(self, id: UUID) -> dict[str, int]:
        async with self.database.jobs_reading() as session:
            query = select(webhook_delivery.c.status, func.count()).group_by(webhook_delivery.c.status)
            found = await session.execute(query.where(webhook_delivery.c.endpoint_id == id))
            return {str(status): int(count) for status, count in found}

    async def attempts(self) -> list[Row[Any]]:
        async with self.database.jobs_reading() as session:
            query = select(webhook_attempt).where(webhook_attempt.c.practice_id == self.practice)
            return list((await session.execute(query.order_by(webhook_attempt.c.at))).all())


@contextlib.asynccontextmanager
async def post_office(folder: Path, **changes: Any) -> AsyncIterator[Post]:
    name = await fresh_database()
    options = {"webhook_networks": [ipaddress.ip_network("127.0.0.0/8")], **changes}
    settings = Settings(database_url=runtime_url("gateway", name), **options)
    database = Database(settings.database_url, "gateway", pool_size=3)
    database.before_commit.append(outbox.write_pending)
    cipher = KeyRing.load_or_create(folder / "keys.json").cipher()
    async with sender(settings) as out:
        post: Post
        delivering = Delivering(database, out, cipher, TESTER, lambda: post.now, lambda: 0.0)
        post = Post(database, delivering)
        try:
            yield post
        finally:
            await delivering.stop()
            await database.close()


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with post_office(tmp_path) as found:
        yield found


@pytest.fixture
async def partner() -> AsyncIterator[Consumer]:
    async with consumer() as found:
        yield found


async def test_each_event_comes_once_in_order_and_signed(post: Post, partner: Consumer) -> None:
    await post.happen(BOOKED)  # before anybody asked for it
    id = await post.endpoint(partner)
    await post.happen(BOOKED, CANCELLED, BOOKED)
    await post.settle()
    await post.settle(timedelta(hours=1))
    assert partner.sequences == [2, 3, 4]
    assert (partner.forged, len(set(partner.tries))) == (0, 3)
    assert await post.states(id) == {"delivered": 3}
    assert (await post.of(id)).next_try_at is None


async def test_only_what_was_asked_for(post: Post, partner: Consumer) -> None:
    await post.endpoint(partner, types=[CANCELLED])
    await post.happen(BOOKED, CANCELLED, BOOKED)
    await post.settle()
    assert [each["type"] for each in partner.got] == [CANCELLED]


async def test_who_was_away_for_an_hour_misses_nothing(post: Post, partner: Consumer) -> None:
    """In the practice's order, each message under its own id at every attempt."""
    id = await post.endpoint(partner)
    partner.status = 503
    for _ in range(12):
        await post.happen(BOOKED, CANCELLED)
        await post.settle(timedelta(minutes=5))
    assert len(set(partner.tries)) == 1, "the others wait behind the first"
    assert (await post.of(id)).failing_since == BEGIN + timedelta(minutes=5)
    partner.status = 200
    await post.settle(timedelta(hours=3))
    assert partner.sequences == list(range(1, 25))
    assert partner.tries.count(partner.tries[0]) == len(partner.tries) - 23
    assert (await post.of(id)).failing_since is None


async def test_the_schedule_is_kept_and_asked_patience_is_given(post: Post, partner: Consumer) -> None:
    await post.endpoint(partner)
    partner.status, partner.headers = 503, {"Retry-After": "600"}
    await post.happen(BOOKED)
    await post.settle()
    await post.settle(timedelta(minutes=9))
    assert len(partner.tries) == 1
    await post.settle(timedelta(minutes=1))
    assert len(partner.tries) == 2
    partner.headers = {}
    await post.settle(timedelta(minutes=10))
    assert len(partner.tries) == 3
    await post.settle(timedelta(minutes=29))
    assert len(partner.tries) == 3


async def test_a_message_that_is_refused_lets_the_others_by(post: Post, partner: Consumer) -> None:
    id = await post.endpoint(partner)
    partner.refused = {CANCELLED}
    await post.happen(CANCELLED, BOOKED)
    for pause in (0, 1, 5, 30):
        await post.settle(timedelta(minutes=pause))
    assert partner.sequences == [2]
    partner.refused = set()
    await post.settle(timedelta(hours=2))
    assert partner.sequences == [2, 1]
    assert await post.states(id) == {"delivered": 2}


async def test_who_is_gone_is_sent_no_more_and_who_is_back_goes_on(post: Post, partner: Consumer) -> None:
    id = await post.endpoint(partner)
    partner.status = 410
    await post.happen(BOOKED, BOOKED)
    await post.settle()
    assert (await post.of(id)).disabled_reason == "gone"
    partner.status = 200
    await post.settle(timedelta(days=1))
    assert (len(partner.tries), partner.got) == (1, [])
    await enable(post, id)
    await post.happen(BOOKED)
    await post.settle()
    assert partner.sequences == [1, 2, 3]


async def enable(post: Post, id: UUID) -> None:
    async with post.database.jobs_writing() as session:
        patch = EndpointPatch(enabled=True)
        await commands.change(session, await post.of(id), patch, post.now, WITH_A_KEY)


async def test_a_person_enables_what_lives_with_a_living_key_alone(post: Post, partner: Consumer) -> None:
    """A person has no key that it could live with."""
    id = await post.endpoint(partner)
    person = Actor(kind="user", id=str(uuid7()))
    async with post.database.jobs_writing() as session:
        await commands.disable(session, id, "by-user", person)
    async with post.database.jobs_writing() as session:
        with pytest.raises(NeedsKey):
            await commands.change(session, await post.of(id), EndpointPatch(enabled=True), post.now, person)


async def test_who_fails_for_days_is_given_up_and_told_of(post: Post, partner: Consumer) -> None:
    id = await post.endpoint(partner)
    partner.status = 500
    for _ in range(24 * 6):
        await post.happen(BOOKED)
        await post.settle(timedelta(hours=1))
    found = await post.of(id)
    assert found.disabled_reason == "failing"
    assert found.failing_since == BEGIN + timedelta(hours=1)
    assert await told(post, "gateway.webhook-endpoint.disabled") == ["failing"]
    assert "delivered" not in await post.states(id)


async def told(post: Post, type: str) -> list[str]:
    from sqlalchemy import text

    async with post.database.jobs_reading() as session:
        query = text("SELECT payload->'data'->>'reason' FROM outbox WHERE type = :type")
        return list((await session.scalars(query, {"type": type})).all())


async def test_two_secrets_sign_while_they_overlap(post: Post, partner: Consumer) -> None:
    id = await post.endpoint(partner)
    former = partner.secret
    async with post.database.jobs_writing() as session:
        newer = await commands.rotate(
            session, await post.of(id), timedelta(hours=1), post.delivering.cipher, post.now, TESTER
        )
    for secret in (former, newer):
        partner.secret = secret
        await post.happen(BOOKED)
        await post.settle()
    await post.happen(BOOKED)
    await post.settle(timedelta(hours=2))
    assert partner.forged == 0
    assert [len(each.split(" ")) for each in partner.signatures] == [2, 2, 1]


async def test_what_was_sent_is_sent_again_under_its_id(post: Post, partner: Consumer) -> None:
    id = await post.endpoint(partner)
    await post.happen(BOOKED, CANCELLED, BOOKED)
    await post.settle()
    first = list(partner.tries)
    async with post.database.jobs_writing() as session:
        assert await commands.replay(session, await post.of(id), Replay(after=1), post.now) == 2
    await post.settle()
    assert partner.tries == [*first, *first[1:]]
    async with post.database.jobs_writing() as session:
        await commands.resend(session, await post.of(id), UUID(first[0]), post.now)
    await post.settle()
    assert partner.tries[-1] == first[0]
    async with post.database.jobs_reading() as session:
        numbers = select(webhook_attempt.c.number).where(webhook_attempt.c.delivery_id == UUID(first[0]))
        assert set((await session.scalars(numbers)).all()) == {1, 2}


async def test_what_happened_before_can_be_asked_for_by_time(post: Post, partner: Consumer) -> None:
    await post.happen(BOOKED, CANCELLED)
    async with post.database.jobs_writing() as session:
        await session.execute(
            update(feed_event)
            .where(feed_event.c.practice_id == post.practice)
            .values(recorded_at=BEGIN - timedelta(days=2))
        )
    id = await post.endpoint(partner)
    wanted = Replay.model_validate({"from": "2026-11-20T00:00:00Z", "to": "2026-11-23T00:00:00Z"})
    async with post.database.jobs_writing() as session:
        assert await commands.replay(session, await post.of(id), wanted, post.now) == 2
    await post.settle()
    assert partner.sequences == [1, 2]


async def test_a_test_is_logged_and_keeps_nobody_waiting(post: Post, partner: Consumer) -> None:
    id = await post.endpoint(partner)
    partner.status = 503
    await post.happen(BOOKED)
    await post.settle()
    partner.status = 200
    async with post.database.jobs_writing() as session:
        await commands.send_test(session, await post.of(id), post.now, TESTER)
    await post.settle(timedelta(seconds=1))
    assert [each["type"] for each in partner.got] == ["gateway.webhook.tested"]


async def test_a_silent_consumer_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    """Its answers take longer than we wait; the other's messages come meanwhile."""
    async with (
        post_office(tmp_path, webhook_timeout=timedelta(seconds=1)) as post,
        consumer() as slow,
        consumer() as quick,
    ):
        slow.seconds = 60
        await post.endpoint(slow)
        await post.endpoint(quick)
        await post.happen(*[BOOKED] * 20)
        await post.settle()
        assert quick.sequences == list(range(1, 21))
        assert [each.trouble for each in await post.attempts() if each.trouble] == ["timeout"]


@dataclass
class Crowd:
    """A post office of ten places, and consumers who never answer. `post` is of a practice that is none of
    theirs."""

    post: Post
    slow: Consumer

    async def silent(self, practice: UUID, count: int, *, failing: bool = False) -> None:
        one = Post(self.post.database, self.post.delivering, practice)
        ids = [await one.endpoint(self.slow) for _ in range(count)]
        if failing:
            async with self.post.database.jobs_writing() as session:
                theirs = update(webhook_endpoint).where(webhook_endpoint.c.id.in_(ids))
                await session.execute(theirs.values(failing_since=self.post.now))
        await one.happen(BOOKED)
        await fill(one.database, one.now)


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[Crowd]:
    async with post_office(tmp_path, webhook_timeout=timedelta(seconds=30)) as post, consumer() as slow:
        post.delivering = replace(post.delivering, places=10)
        slow.seconds = 60
        yield Crowd(post, slow)
        await post.delivering.stop()


@pytest.mark.parametrize("failing", [False, True])
async def test_who_never_answers_makes_no_other_practice_late(
    crowd: Crowd, partner: Consumer, failing: bool
) -> None:
    """All places would be theirs: ten endpoints of one practice, or one of each of ten that fail."""
    if failing:
        for _ in range(10):
            await crowd.silent(uuid7(), 1, failing=True)
    else:
        await crowd.silent(uuid7(), 10)
    post = crowd.post
    await post.endpoint(partner)
    await post.happen(*[BOOKED] * 20)
    post.now += timedelta(seconds=1)  # theirs are due first
    await fill(post.database, post.now)
    await post.delivering.begin()

    async def all_came() -> bool:
        return len(partner.sequences) == 20

    await eventually(all_came)
    others = [each for each in post.delivering.busy.values() if each.practice_id != post.practice]
    assert len(others) == (5 if failing else 1), "they still wait for their answers"


async def test_who_never_answers_leaves_places_to_the_same_practices_others(
    crowd: Crowd, partner: Consumer
) -> None:
    """Of 40 places a practice has two: those of its endpoints that failed the last time take one."""
    post = crowd.post
    post.delivering = replace(post.delivering, places=40)
    await crowd.silent(post.practice, 10, failing=True)
    await post.endpoint(partner)
    await post.happen(*[BOOKED] * 3)
    post.now += timedelta(seconds=1)
    await fill(post.database, post.now)
    await post.delivering.begin()

    async def all_came() -> bool:
        return len(partner.sequences) == 3

    await eventually(all_came)


async def test_a_redirect_is_followed_nowhere(post: Post, partner: Consumer) -> None:
    async with consumer() as inside:
        await post.endpoint(partner)
        partner.status, partner.headers = 302, {"Location": inside.url}
        await post.happen(BOOKED)
        await post.settle()
        assert inside.tries == []
        assert [each.status for each in await post.attempts()] == [302]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "127.1", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"]
)
async def test_nothing_is_posted_into_the_own_network(tmp_path: Path, host: str) -> None:
    """Whatever stood there when it was registered: it is judged at each connection."""
    async with post_office(tmp_path, webhook_networks=[]) as post, consumer() as inside:
        inside.url = inside.url.replace("127.0.0.1", host).replace("http:", "https:")
        await post.endpoint(inside)
        await post.happen(BOOKED)
        await post.settle()
        assert inside.tries == []
        assert [each.trouble for each in await post.attempts()] == ["forbidden-address"]


async def test_a_name_that_changes_its_mind_reaches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Public when it was checked, private when it is called: the connection asks by itself."""
    from vetagenda_kit import public_resolver

    class Names:
        answers = ["93.184.215.14"]

        @classmethod
        def get_running_loop(cls) -> Any:
            return cls

        @classmethod
        async def getaddrinfo(cls, host: str, port: int, **_: Any) -> Any:
            return [(2, 1, 6, "", (cls.answers[0], port))]

    async with post_office(tmp_path, webhook_networks=[]) as post, consumer() as inside:
        port = inside.url.rpartition(":")[2]
        inside.url = f"https://rebinding.example.org:{port}"
        monkeypatch.setattr(public_resolver, "asyncio", Names)
        found = await public_resolver.PublicResolver().resolve("rebinding.example.org", 443)
        assert found[0]["host"] == "93.184.215.14"
        await post.endpoint(inside)
        Names.answers[0] = "127.0.0.1"
        await post.happen(BOOKED)
        await post.settle()
        assert inside.tries == []
        assert [each.trouble for each in await post.attempts()] == ["forbidden-address"]


async def test_a_failed_handshake_is_told_from_a_server_that_is_not_there(
    post: Post, partner: Consumer
) -> None:
    partner.url = partner.url.replace("http:", "https:")
    await post.endpoint(partner)
    await post.happen(BOOKED)
    await post.settle()
    assert [each.trouble for each in await post.attempts()] == ["tls-failed"]


async def test_the_head_of_the_queue_that_is_sent_again_keeps_its_place(
    post: Post, partner: Consumer
) -> None:
    id = await post.endpoint(partner)
    partner.status = 503
    await post.happen(BOOKED, CANCELLED)
    await post.settle()
    async with post.database.jobs_writing() as session:
        await commands.resend(session, await post.of(id), UUID(partner.tries[0]), post.now)
    await post.settle(timedelta(seconds=1))
    assert set(partner.tries) == {partner.tries[0]}
    assert len(partner.tries) == 2


async def test_the_log_is_the_newest_first_also_within_one_instant(post: Post, partner: Consumer) -> None:
    endpoint = await post.endpoint(partner)
    for _ in range(2):
        await post.happen(*[BOOKED] * 5)
        await post.settle()
    seen: list[int | None] = []
    cursor = None
    while not seen or cursor:
        async with post.database.jobs_reading() as session:
            page = await queries.deliveries(session, endpoint, PageRequest("log", cursor, 3), None)
        seen += [each.sequence for each in page.items]
        cursor = page.next
    assert seen == list(range(len(seen), 0, -1))
    assert len(seen) >= 10
