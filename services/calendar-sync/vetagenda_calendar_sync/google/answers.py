"""What an answer of Google's that is no success means. Pure.

Only Google's own error document is believed: a proxy's page with a 404 says nothing about a calendar.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from vetagenda_calendar_sync.engine.ports import AccessWithdrawn, RemoteRefusal, RemoteTrouble
from vetagenda_kit.outward import asked_pause

RATE = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
LONG_LIMIT = frozenset({"quotaExceeded", "calendarUsageLimitsExceeded", "dailyLimitExceeded"})
CONSENT = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
BELIEVED_ONLY_OF_GOOGLE = frozenset({401, 404, 409, 410, 412})
UNKNOWN = "unknown"
LONGEST_WAIT_SECONDS = 64.0


class Retry(Exception):
    """Worth another try. `after_seconds` is what was asked for, 0 if nothing was."""

    def __init__(self, why: str, after_seconds: float = 0.0) -> None:
        super().__init__(why)
        self.after_seconds = after_seconds


def meaning(status: int, content: bytes | str, headers: Mapping[str, str], now: datetime) -> Exception:
    """`headers` with names in lower case. https://developers.google.com/workspace/calendar/api/guides/errors"""
    reason, after = reason_of(content), asked_pause(headers.get("retry-after"), now).total_seconds()
    if status == 429 or status >= 500 or (status == 403 and reason in RATE):
        return Retry(f"{status} {reason}", after)
    if reason == UNKNOWN and status in BELIEVED_ONLY_OF_GOOGLE:
        return Retry(f"{status} {reason}", after)
    if status == 403 and reason in LONG_LIMIT:
        return RemoteTrouble(f"{status} {reason}", after)
    if status == 401 or (status == 403 and reason in CONSENT):
        return AccessWithdrawn(reason)
    return RemoteRefusal(status, reason)


def reason_of(content: bytes | str) -> str:
    try:
        return str(json.loads(content)["error"]["errors"][0]["reason"])
    except (ValueError, KeyError, IndexError, TypeError):
        return UNKNOWN


def longest_delay(attempt: int, first_seconds: float) -> float:
    """Full jitter is drawn below this: 1, 4, 16, 64 s."""
    grown: float = first_seconds * 4**attempt
    return min(LONGEST_WAIT_SECONDS, grown)
