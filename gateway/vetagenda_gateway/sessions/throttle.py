"""How often somebody may try to sign in: per account and per client address, in this process."""

import hashlib
import time

from vetagenda_gateway.rate_limits import Policy, RateLimits, exhausted
from vetagenda_gateway.staff.rules import folded

WINDOW_SECONDS = 600


class Throttle:
    """Limits are tries in ten minutes, refilled evenly. An unknown address is counted like a known one."""

    def __init__(self, of_account: int, of_client: int) -> None:
        self._of_account = Policy("sign-in", of_account, WINDOW_SECONDS)
        self._links_of_account = Policy("sign-in-link", max(1, of_account // 3), WINDOW_SECONDS)
        self._of_client = Policy("sign-in-client", of_client, WINDOW_SECONDS)
        self._limits = RateLimits()

    def count_client(self, address: str) -> None:
        """Raises RateLimited."""
        self._count(f"client {address}", self._of_client)

    def count_password(self, email: str) -> None:
        """Raises RateLimited."""
        self._count(f"password {_name(email)}", self._of_account)

    def count_link(self, email: str) -> None:
        """Raises RateLimited. Apart from passwords: who is locked out by a stranger's tries still gets a
        link; and fewer, since each is an e-mail."""
        self._count(f"link {_name(email)}", self._links_of_account)

    def _count(self, who: str, policy: Policy) -> None:
        now = time.monotonic()
        bucket = self._limits.bucket(who, policy, now)
        if not bucket.take(now):
            raise exhausted(bucket)


def _name(email: str) -> str:
    return hashlib.sha256(folded(email).encode()).hexdigest()
