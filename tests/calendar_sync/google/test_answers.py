"""SYNC-7, 4.9: which answers are tried again, which stop the link, and none is a deletion (I9)."""

import json
from datetime import UTC, datetime

import pytest

from vetagenda_calendar_sync.engine.ports import AccessWithdrawn, RemoteRefusal, RemoteTrouble
from vetagenda_calendar_sync.google.answers import Retry, longest_delay, meaning

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def document(reason: str) -> bytes:
    return json.dumps({"error": {"errors": [{"reason": reason}], "code": 0}}).encode()


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (403, "rateLimitExceeded", Retry),
        (403, "userRateLimitExceeded", Retry),
        (429, "rateLimitExceeded", Retry),
        (500, "backendError", Retry),
        (503, "backendError", Retry),
        (403, "quotaExceeded", RemoteTrouble),
        (403, "calendarUsageLimitsExceeded", RemoteTrouble),
        (401, "authError", AccessWithdrawn),
        (403, "insufficientPermissions", AccessWithdrawn),
        (403, "forbidden", RemoteRefusal),
        (403, "forbiddenForNonOrganizer", RemoteRefusal),
        (400, "badRequest", RemoteRefusal),
        (404, "notFound", RemoteRefusal),
        (410, "fullSyncRequired", RemoteRefusal),
        (412, "conditionNotMet", RemoteRefusal),
    ],
)
def test_what_google_says(status: int, reason: str, expected: type[Exception]) -> None:
    assert type(meaning(status, document(reason), {}, NOW)) is expected


@pytest.mark.parametrize("status", [401, 404, 409, 410, 412, 502])
@pytest.mark.parametrize("page", [b"<html>Not Found</html>", b"", b'{"error": "x"}', b"[]"])
def test_a_page_of_a_proxy_is_not_believed(status: int, page: bytes) -> None:
    """I9: a captive portal's 404 does not say that a calendar or an event is gone."""
    assert type(meaning(status, page, {}, NOW)) is Retry


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Tue, 24 Nov 2026 07:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 06:00:00 GMT", 0.0),
        ("", 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float) -> None:
    """RFC 9110, 10.2.3."""
    found = meaning(429, document("rateLimitExceeded"), {"retry-after": header}, NOW)
    assert isinstance(found, Retry)
    assert found.after_seconds == seconds


def test_the_jitter_grows_from_one_to_sixty_four_seconds() -> None:
    assert [longest_delay(attempt, 1.0) for attempt in range(5)] == [1, 4, 16, 64, 64]
