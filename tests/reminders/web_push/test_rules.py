"""Where a push may go, and when it is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from vetagenda_kit.problems import InvalidRequest
from vetagenda_kit.public_addresses import LOOPBACK, is_allowed
from vetagenda_reminders.web_push.rules import check_endpoint, pause, time_to_live, urgency

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/abc",
        "https://127.0.0.1/abc",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/abc",
        "https://[::ffff:10.0.0.1]/abc",
        "https://localhost/abc",
        "https://reminders/abc",
        "https://push.example.com:8443/abc",
        "https://somebody:secret@push.example.com/abc",
        "https://push.example.com\\@127.0.0.1/abc",
        "https://push.example.com/a b",
        "https://push.example.com/\r\nX: y",
        "file:///etc/passwd",
        "//push.example.com/abc",
        "push.example.com/abc",
        "https:///abc/def",
        "https://push.example.com:99999/abc",
    ],
)
def test_what_is_no_push_services_address(endpoint: str) -> None:
    with pytest.raises(InvalidRequest):
        check_endpoint(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/dpH5:APA91b-x_y",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAAA",
        "https://web.push.apple.com/QABC?x=%2F",
        "https://db5p.notify.windows.com/w/?token=BQYAAAB%2fx",
    ],
)
def test_those_of_the_great_browsers(endpoint: str) -> None:
    assert check_endpoint(endpoint).host


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("142.250.74.106", True),
        ("2a00:1450:4007:80c::200a", True),
        ("127.0.0.1", False),
        ("127.8.9.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.31.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::", False),
    ],
)
def test_only_public_addresses(address: str, allowed: bool) -> None:
    assert is_allowed(address) is allowed


def test_loopback_is_for_tests_and_nothing_else_with_it() -> None:
    assert is_allowed("127.0.0.1", LOOPBACK)
    assert not is_allowed("169.254.169.254", LOOPBACK)


def test_it_waits_for_a_browser_as_long_as_it_is_true() -> None:
    """Whole seconds, at least one and at most four weeks (RFC 8030)."""
    assert time_to_live(NOW + timedelta(minutes=90), NOW) == 5_400
    assert time_to_live(NOW + timedelta(milliseconds=1), NOW) == 1
    assert time_to_live(NOW + timedelta(days=90), NOW) == 28 * 86_400


def test_what_is_over_soon_is_urgent() -> None:
    assert urgency(NOW + timedelta(hours=1), NOW) == "high"
    assert urgency(NOW + timedelta(hours=24), NOW) == "normal"


@pytest.mark.parametrize(
    ("attempts", "retry_after", "seconds"),
    [
        (1, None, 30),
        (2, None, 60),
        (7, None, 30 * 64),
        (50, None, 30 * 64),
        (1, "120", 120),
        (1, "5", 30),
        (1, "Tue, 24 Nov 2026 09:05:00 GMT", 300),
        (1, "Mon, 23 Nov 2026 09:05:00 GMT", 30),
        (1, "999999999", 86_400),
        (1, "99999999999999999999", 30),
        (1, "soon", 30),
    ],
)
def test_longer_each_time_and_as_long_as_asked(attempts: int, retry_after: str | None, seconds: int) -> None:
    assert pause(attempts, STEP, retry_after, NOW) == timedelta(seconds=seconds)
