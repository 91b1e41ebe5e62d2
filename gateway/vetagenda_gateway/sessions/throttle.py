"""How often somebody may try to sign in: per account and per client address, in this process.

Where a person has signed in before they have tries of their own: a stranger who uses up those of all other
addresses does not lock them out.
"""

import hashlib
import time
from collections import OrderedDict

from vetagenda_gateway.rate_limits import Bucket, Policy, RateLimits, exhausted
from vetagenda_gateway.staff.rules import folded

WINDOW_SECONDS = 600
MOST_KNOWN = 10_000


class Throttle:
    """Limits are tries in ten minutes, refilled evenly. An unknown address is counted like a known one."""

    def __init__(self, of_account: int, of_client: int) -> None:
        self._of_account = Policy("sign-in", of_account, WINDOW_SECONDS)
        self._links_of_account = Policy("sign-in-link", max(1, of_account // 3), WINDOW_SECONDS)
        self._of_client = Policy("sign-in-client", of_client, WINDOW_SECONDS)
        self._limits = RateLimits()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def count_client(self, address: str) -> None:
        """Raises RateLimited."""
        self._count(f"client {address}", self._of_client)

    def count_password(self, email: str, address: str) -> Bucket:
        """What is given back when the password was right. Raises RateLimited."""
        return self._count(f"password {self._whose(email, address)}", self._of_account)

    def note_signed_in(self, email: str, address: str) -> None:
        """The longest unseen are forgotten: they share the tries of strangers again."""
        known = _name(email), address
        self._known[known] = None
        self._known.move_to_end(known)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def count_link(self, email: str, address: str) -> None:
        """Raises RateLimited. Apart from passwords: who is locked out by a stranger's tries still gets a
        link; and fewer, since each is an e-mail."""
        self._count(f"link {self._whose(email, address)}", self._links_of_account)

    def _whose(self, email: str, address: str) -> str:
        name = _name(email)
        return f"{name} {address}" if (name, address) in self._known else name

    def _count(self, who: str, policy: Policy) -> Bucket:
        now = time.monotonic()
        bucket = self._limits.bucket(who, policy, now)
        if not bucket.take(now):
            raise exhausted(bucket)
        return bucket


def _name(email: str) -> str:
    return hashlib.sha256(folded(email).encode()).hexdigest()
