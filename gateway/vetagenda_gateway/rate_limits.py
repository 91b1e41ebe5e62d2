"""Token buckets, in this process: how many requests a key may make, and how that is told.

The headers are those of the IETF draft "RateLimit header fields for HTTP" (structured fields):
`RateLimit-Policy: "key";q=3000;w=60` and `RateLimit: "key";r=2999;t=1`. Several gateways behind one address
each allow the whole quota.
"""

import math
from dataclasses import dataclass
from functools import cached_property

from vetagenda_kit.problems import RateLimited


@dataclass(frozen=True)
class Policy:
    """`quota` requests at once, refilled evenly over `window_seconds`."""

    name: str
    quota: int
    window_seconds: int = 60

    @cached_property
    def per_second(self) -> float:
        return self.quota / self.window_seconds

    @cached_property
    def item(self) -> bytes:
        """The name as a string of structured fields (RFC 9651)."""
        return b'"%s"' % self.name.encode()

    @cached_property
    def header(self) -> bytes:
        return b"%s;q=%d;w=%d" % (self.item, self.quota, self.window_seconds)


class Bucket:
    """`now` is any clock in seconds that only goes forward."""

    __slots__ = ("_filled_at", "_policy", "_tokens")

    def __init__(self, policy: Policy, now: float) -> None:
        self._policy = policy
        self._tokens = float(policy.quota)
        self._filled_at = now

    def take(self, now: float) -> bool:
        """One request; False when there is none left."""
        elapsed_seconds = max(0.0, now - self._filled_at)
        self._tokens = min(self._policy.quota, self._tokens + elapsed_seconds * self._policy.per_second)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def give_back(self) -> None:
        """The request did not count."""
        self._tokens = min(self._policy.quota, self._tokens + 1)

    def is_full(self, now: float) -> bool:
        missing = self._policy.quota - self._tokens
        return (now - self._filled_at) * self._policy.per_second >= missing

    @property
    def wait_seconds(self) -> int:
        """Until the next request is possible, at least 1."""
        return max(1, math.ceil((1 - self._tokens) / self._policy.per_second))

    def headers(self) -> list[tuple[bytes, bytes]]:
        left = int(self._tokens)
        until_full = math.ceil((self._policy.quota - self._tokens) / self._policy.per_second)
        state = b"%s;r=%d;t=%d" % (self._policy.item, left, until_full if left else self.wait_seconds)
        return [(b"ratelimit-policy", self._policy.header), (b"ratelimit", state)]


class RateLimits:
    """The buckets of all callers. Full ones are forgotten: a new one would be the same."""

    def __init__(self, most_kept: int = 10_000) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._most_kept = most_kept

    def bucket(self, caller: str, policy: Policy, now: float) -> Bucket:
        bucket = self._buckets.get(caller)
        if bucket is None:
            if len(self._buckets) >= self._most_kept:
                self._forget_full(now)
            bucket = self._buckets[caller] = Bucket(policy, now)
        return bucket

    def _forget_full(self, now: float) -> None:
        self._buckets = {caller: kept for caller, kept in self._buckets.items() if not kept.is_full(now)}


def exhausted(bucket: Bucket) -> RateLimited:
    headers = {name.decode(): value.decode() for name, value in bucket.headers()}
    wait = str(bucket.wait_seconds)
    return RateLimited(f"Wait {wait} s before the next request.", headers={"retry-after": wait, **headers})
