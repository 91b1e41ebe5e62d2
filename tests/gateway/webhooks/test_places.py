"""PART-7: whoever is silent keeps nobody else waiting."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from gateway.webhooks.consumer import Consumer, consumer
from gateway.webhooks.post_office import BOOKED, Post, post_office
from harness import eventually
from sqlalchemy import update

from vetagenda_gateway.tables import webhook_endpoint
from vetagenda_gateway.webhooks.filling import fill
from vetagenda_kit.ids import uuid7


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
