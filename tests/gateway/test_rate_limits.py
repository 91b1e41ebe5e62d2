"""Token buckets, and how they are told (PART-10)."""

from pathlib import Path
from uuid import UUID

import pytest
from gateway.conftest import front
from gateway.test_forwarding import problem
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_gateway.rate_limits import Bucket, Policy, RateLimits
from vetagenda_kit.ids import uuid7


def test_a_bucket_gives_its_quota_at_once_and_refills_evenly() -> None:
    bucket = Bucket(Policy("key", quota=60, window_seconds=60), now=100.0)
    assert all(bucket.take(100.0) for _ in range(60))
    assert not bucket.take(100.0)
    assert bucket.wait_seconds == 1
    assert not bucket.take(100.9)
    assert bucket.take(101.9)
    assert bucket.is_full(161.9)


@given(st.lists(st.floats(0, 5), max_size=200), st.integers(1, 50), st.integers(1, 60))
def test_no_window_gives_more_than_the_quota_and_its_refill(
    gaps_seconds: list[float], quota: int, window_seconds: int
) -> None:
    bucket, now, taken = Bucket(Policy("key", quota, window_seconds), 0.0), 0.0, 0
    for gap in gaps_seconds:
        now += gap
        taken += bucket.take(now)
    assert taken <= quota + now * quota / window_seconds + 1e-6


def test_the_headers_are_those_of_the_ietf_draft() -> None:
    bucket = Bucket(Policy("key", quota=120, window_seconds=60), now=0.0)
    bucket.take(0.0)
    assert bucket.headers() == [
        (b"ratelimit-policy", b'"key";q=120;w=60'),
        (b"ratelimit", b'"key";r=119;t=1'),
    ]


def test_full_buckets_are_forgotten_and_others_are_not() -> None:
    limits, policy = RateLimits(most_kept=2), Policy("key", 1)
    assert limits.bucket("a", policy, 0.0).take(0.0)
    limits.bucket("b", policy, 0.0)
    limits.bucket("c", policy, 1.0)
    assert not limits.bucket("a", policy, 1.0).take(1.0)


async def test_a_key_that_asks_too_often_waits_and_others_do_not(tmp_path: Path, practice: UUID) -> None:
    async with front(tmp_path, requests_per_minute=100) as gateway:
        path = f"/v1/practices/{practice}/mirror"
        greedy = await gateway.key(practice, requests_per_minute=3)
        async with gateway.client(greedy) as client:
            answers = [await client.get(path) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"key";q=3;w=60'
        assert answers[0].headers["ratelimit"] == '"key";r=2;t=20'
        problem(answers[3], 429, "rate-limited")
        assert 1 <= int(answers[3].headers["retry-after"]) <= 20
        assert answers[3].headers["ratelimit"].startswith('"key";r=0;t=')
        assert gateway.behind.calls["mirror"] == 3
        async with gateway.client(await gateway.key(practice)) as client:
            assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("sent", ["nothing", "guesses"])
async def test_who_guesses_keys_is_slowed_down(tmp_path: Path, practice: UUID, sent: str) -> None:
    async with front(tmp_path, requests_per_minute_without_key=3) as gateway:
        async with gateway.client("vag_live_" + "x" * 38 if sent == "guesses" else None) as client:
            path = f"/v1/practices/{practice}/mirror"
            statuses = [(await client.get(path)).status_code for _ in range(5)]
        assert statuses == [401, 401, 401, 429, 429]
        async with gateway.client(await gateway.key(practice)) as client:
            assert (await client.get(path)).status_code == 200  # a valid key from the same address is served


async def test_what_costs_much_has_a_limit_of_its_own(tmp_path: Path, practice: UUID) -> None:
    async with front(tmp_path, "booking", costly_requests_per_minute={"slots": 2}) as gateway:
        slots = f"/v1/practices/{practice}/slots"
        async with gateway.client(await gateway.key(practice)) as client:
            answers = [await client.get(slots) for _ in range(3)]
            assert [answer.status_code for answer in answers] == [422, 422, 429]
            assert answers[0].headers["ratelimit-policy"] == '"key";q=3000;w=60, "slots";q=2;w=60'
            refused = problem(answers[2], 429, "rate-limited")
            assert '"slots";r=0' in answers[2].headers["ratelimit"]
            assert int(answers[2].headers["retry-after"]) >= 1
            assert refused["status"] == 429
            assert (await client.get(f"/v1/practices/{practice}/mirror")).status_code == 200
        async with gateway.client(await gateway.key(practice)) as other:
            assert (await other.get(slots)).status_code == 422


async def test_all_keys_together_do_not_overrun_a_practice(tmp_path: Path, practice: UUID) -> None:
    other_practice = uuid7()
    async with front(tmp_path, requests_per_minute_of_practice=3) as gateway:
        path = f"/v1/practices/{practice}/mirror"
        statuses = []
        for written in (path, path.replace(str(practice), str(practice).upper())):
            async with gateway.client(await gateway.key(practice, other_practice)) as client:
                statuses += [(await client.get(written)).status_code for _ in range(2)]
                elsewhere = await client.get(f"/v1/practices/{other_practice}/mirror")
                assert elsewhere.status_code == 200
                assert "practice" not in elsewhere.headers["ratelimit"]
        assert statuses == [200, 200, 200, 429]
