"""PART-7: when a webhook is tried again, and where it may lead."""

import base64
import ipaddress
from datetime import UTC, datetime, timedelta

import pytest

from vetagenda_gateway.webhooks.rules import (
    DELAYS,
    Answer,
    check_url,
    new_secret,
    next_try,
    steps_aside,
)
from vetagenda_kit.problems import InvalidRequest

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
HOURS = [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24]


def test_the_pauses_grow_over_three_days() -> None:
    answer = Answer(500)
    found = [next_try(attempts, answer, NOW, 0.0) for attempts in range(1, 10)]
    assert [(at - NOW) / timedelta(hours=1) for at in found if at] == pytest.approx(HOURS)
    assert next_try(10, answer, NOW, 0.0) is None
    latest = next_try(3, answer, NOW, 0.999)
    assert latest is not None
    assert timedelta(minutes=30) < latest - NOW < timedelta(minutes=36)


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("120", timedelta(minutes=2)),
        ("1", timedelta(seconds=5)),
        ("999999999", timedelta(hours=24)),
        ("Tue, 24 Nov 2026 08:00:00 GMT", timedelta(hours=1)),
        ("Tue, 24 Nov 2020 08:00:00 GMT", timedelta(seconds=5)),
        ("soon", timedelta(seconds=5)),
        ("99999999999999999999", timedelta(seconds=5)),
        (None, timedelta(seconds=5)),
    ],
)
def test_who_asks_for_time_is_given_it(asked: str | None, pause: timedelta) -> None:
    assert next_try(1, Answer(503, retry_after=asked), NOW, 0.0) == NOW + pause


@pytest.mark.parametrize(
    ("answer", "attempts", "aside"),
    [
        (Answer(400), 4, True),
        (Answer(500), 4, True),
        (Answer(302), 4, True),
        (Answer(400), 3, False),
        (Answer(503), 9, False),
        (Answer(429), 9, False),
        (Answer(None, "timeout"), 9, False),
    ],
)
def test_a_refused_message_lets_the_others_by_and_a_silent_consumer_keeps_the_order(
    answer: Answer, attempts: int, aside: bool
) -> None:
    assert steps_aside(attempts, answer) is aside
    assert len(DELAYS) == 9


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://10.1.2.3/",
        "https://[::ffff:10.0.0.1]/",
        "https://192.168.1.1:8443/x",
        "https://2130706433/",
        "https://127.1/",
        "http://example.org/hook",
        "ftp://example.org/hook",
        "file:///etc/passwd",
        "https://user:secret@example.org/",
        "https://example.org/#part",
        "https://exa mple.org/",
        "https://example.org\\@10.0.0.1/",
        "//example.org/hook",
        "example.org",
        "",
    ],
)
def test_what_leads_nowhere_good_is_refused(address: str) -> None:
    with pytest.raises(InvalidRequest):
        check_url(address)


def test_a_public_address_by_https_is_taken_and_what_the_operator_allows() -> None:
    assert str(check_url("https://hooks.example.org:8443/a?b=c")) == "https://hooks.example.org:8443/a?b=c"
    loopback = [ipaddress.ip_network("127.0.0.0/8")]
    assert check_url("http://127.0.0.1:9000/", loopback).port == 9000
    with pytest.raises(InvalidRequest):
        check_url("http://10.0.0.1/", loopback)


def test_a_secret_is_as_the_standard_wants_it() -> None:
    secret = new_secret()
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret != new_secret()


@pytest.mark.parametrize("url", ["http://1.1.1.1/hook", "http://8.8.8.8:8080/", "http://[2606:4700::1111]/"])
def test_an_allowance_of_networks_opens_no_other_address_by_http(url: str) -> None:
    allowed = [ipaddress.ip_network("10.20.0.0/16")]
    with pytest.raises(InvalidRequest, match="by https"):
        check_url(url, allowed)
    assert check_url(url.replace("http:", "https:"), allowed)
    assert check_url("http://10.20.1.1/hook", allowed)


@pytest.mark.parametrize(
    "host",
    [
        "[fec0::1]",
        "[3fff::1]",
        "[5f00::1]",
        "[100::1]",
        "[100:0:0:1::1]",
        "[64:ff9b:1::1]",
        "[2001::1]",
        "[2001:db8::1]",
        "[2002:c058:6301::1]",
        "192.0.0.8",
        "192.0.0.9",
        "192.88.99.1",
        "198.19.0.1",
        "239.1.1.1",
        "255.255.255.255",
    ],
)
def test_no_special_purpose_network_counts_as_public(host: str) -> None:
    """https://www.iana.org/assignments/iana-ipv4-special-registry, and the one of IPv6."""
    with pytest.raises(InvalidRequest, match="private"):
        check_url(f"https://{host}/hook")


@pytest.mark.parametrize("host", ["192.0.1.1", "192.88.98.1", "[2001:200::1]", "[2a00:1450::1]"])
def test_their_neighbours_are_public(host: str) -> None:
    assert check_url(f"https://{host}/hook")
