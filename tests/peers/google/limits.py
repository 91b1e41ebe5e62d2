"""Google's quotas: so many calls in a sliding window, for each person and for the whole project."""

import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from peers.google.refusal import Refusal


@dataclass
class Limits:
    """None is no limit. Over it the answer is `status` (403 or 429) with a `usageLimits` reason."""

    per_user: int | None = None
    per_project: int | None = None
    window_seconds: float = 60.0
    status: int = 403
    retry_after: str = ""
    refused: int = 0
    _calls: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def count(self, account: str) -> None:
        """Raises Refusal. A refused call does not count."""
        with self._guard:
            own, all_of_them = self._recent(account), self._recent("")
            if self.per_user is not None and len(own) >= self.per_user:
                raise self._refusal("userRateLimitExceeded")
            if self.per_project is not None and len(all_of_them) >= self.per_project:
                raise self._refusal("rateLimitExceeded")
            now = time.monotonic()
            own.append(now)
            all_of_them.append(now)

    def _recent(self, who: str) -> deque[float]:
        calls, oldest = self._calls[who], time.monotonic() - self.window_seconds
        while calls and calls[0] < oldest:
            calls.popleft()
        return calls

    def _refusal(self, reason: str) -> Refusal:
        self.refused += 1
        headers = {"Retry-After": self.retry_after} if self.retry_after else {}
        return Refusal(self.status, reason, "Rate Limit Exceeded", headers)
