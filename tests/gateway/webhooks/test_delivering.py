"""PART-7: when messages are sent, in which order, and what becomes of them."""

from datetime import timedelta
from uuid import UUID

import pytest
from gateway.webhooks.consumer import Consumer
from gateway.webhooks.post_office import BEGIN, BOOKED, CANCELLED, TESTER, WITH_A_KEY, Post
from sqlalchemy import select, update

from vetagenda_contracts.events import Actor
from vetagenda_gateway.sessions.rules import NeedsKey
from vetagenda_gateway.tables import feed_event, webhook_attempt
from vetagenda_gateway.webhooks import commands, queries
from vetagenda_gateway.webhooks.schemas import EndpointPatch, Replay
from vetagenda_kit.ids import uuid7
from vetagenda_kit.pages import PageRequest


async def test_each_event_comes_once_in_order_and_signed(post: Post, partner: Consumer) -> None:
    await post.happen(BOOKED)  # before anybody asked for it
    id = await post.endpoint(partner)
    await post.happen(BOOKED, CANCELLED, BOOKED)
    await post.settle()
    await post.settle(timedelta(hours=1))
    assert partner.sequences == [2, 3, 4]
    assert (partner.forged, len(set(partner.tries))) == ([], 3)
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
    assert partner.forged == []
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
