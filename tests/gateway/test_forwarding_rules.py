"""The route table, the headers that pass, and when a call may be repeated."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_gateway.forwarding import rules
from vetagenda_gateway.forwarding.routes import RouteTable


def document(*routes: tuple[str, str, str]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for service, method, path in routes:
        paths.setdefault(path, {})[method] = {"x-service": service}
    return {"paths": paths}


TABLE = RouteTable(
    document(
        ("agenda", "get", "/v1/practices/{practice_id}/appointments/{appointment_id}"),
        ("agenda", "post", "/v1/practices/{practice_id}/appointments"),
        ("booking", "post", "/v1/practices/{practice_id}/appointments/{appointment_id}/owner-cancel"),
        ("reminders", "get", "/v1/practices/{practice_id}/reminders/without-visit"),
        ("reminders", "get", "/v1/practices/{practice_id}/reminders/{reminder_id}/history"),
        ("calendar-sync", "get", "/v1/feeds/{secret}.ics"),
        ("agenda", "post", "/v1/practices"),
        ("desk", "get", "/v1/desk/{practice_id}"),
    )
)


@pytest.mark.parametrize(
    ("path", "method", "service", "practice"),
    [
        ("/v1/practices/A/appointments/B", "GET", "agenda", "A"),
        ("/v1/practices/A/appointments", "POST", "agenda", "A"),
        ("/v1/practices/A/appointments/B/owner-cancel", "POST", "booking", "A"),
        ("/v1/practices/A/reminders/without-visit", "GET", "reminders", "A"),
        ("/v1/practices/A/reminders/without-visit/history", "GET", "reminders", "A"),
        ("/v1/feeds/s3cr3t.ics", "GET", "calendar-sync", None),
        ("/v1/practices", "POST", "agenda", None),
        ("/v1/desk/A", "GET", "desk", "A"),
    ],
)
def test_each_path_has_its_service(path: str, method: str, service: str, practice: str | None) -> None:
    match = TABLE.find(path.encode())
    assert match is not None
    assert match.operations[method].service == service
    assert match.practice(match.operations[method]) == practice


@pytest.mark.parametrize(
    "path",
    [
        "/v1/practices/A",
        "/v1/practices//appointments",
        "/v1/practices/A/appointments/",
        "/v1/practices/A/appointments/B%2Fowner-cancel",
        "/v1/practices/A/appointments/B%2f..",
        "/v1/practices/A/appointments/..",
        "/v1/practices/A/appointments/.%2E",
        "/v1/practices/A/appointments/a\\b",
        "/v1/practices/A/appointments/a%00",
        "/v1/practices/A/appointments/é",
        "/v1/feeds/.ics",
        "/v1/feeds/x.csv",
        "/internal/practices/A",
        "//v1/practices",
        "v1/practices",
        "",
        "/",
    ],
)
def test_what_is_not_documented_or_can_be_read_in_two_ways_is_nobodys(path: str) -> None:
    assert TABLE.find(path.encode()) is None


def test_an_operation_may_have_limits_of_its_own() -> None:
    limits = {"x-max-body-bytes": 5_000_000, "x-answer-timeout-seconds": 120, "security": []}
    table = RouteTable(
        {"paths": {"/v1/a": {"post": {"x-service": "agenda", **limits}, "get": {"x-service": "agenda"}}}}
    )
    match = table.find(b"/v1/a")
    assert match is not None
    own, usual = match.operations["POST"], match.operations["GET"]
    assert (own.max_body_bytes, own.answer_timeout_seconds, own.public) == (5_000_000, 120, True)
    assert (usual.max_body_bytes, usual.answer_timeout_seconds, usual.public) == (None, None, False)


SEGMENTS = (
    b"A",
    b"appointments",
    b"reminders",
    b"without-visit",
    b"history",
    b"",
    b".",
    b"..",
    b"%2F",
    b"\xff",
)
SHAPES = (r"[^/]+/appointments(/[^/]+(/owner-cancel)?)?", r"[^/]+/reminders/(without-visit|[^/]+/history)")


@given(st.binary(max_size=80) | st.lists(st.sampled_from(SEGMENTS), max_size=5).map(b"/".join))
def test_whatever_bytes_come_only_a_documented_path_is_found(noise: bytes) -> None:
    found = TABLE.find(b"/v1/practices/" + noise)
    if found is not None:
        path = noise.decode("ascii")
        assert any(re.fullmatch(shape, path) for shape in SHAPES), path
        assert found.values[0] == path.split("/")[0]
        assert not {".", ".."}.intersection(path.split("/"))
        assert "%2F" not in path


def test_which_trace_it_is_says_the_gateway() -> None:
    forged = [(b"traceparent", b"00-1-2-01"), (b"tracestate", b"a=b"), (b"baggage", b"who=Milou")]
    assert rules.request_headers(forged, None, "r1") == [("x-request-id", "r1")]
    assert rules.request_headers(forged, None, "r1", "00-3-4-01") == [
        ("x-request-id", "r1"),
        ("traceparent", "00-3-4-01"),
    ]


def test_a_connection_header_takes_its_options_away() -> None:
    given_headers = [(b"connection", b"close, X-Hop"), (b"x-hop", b"1"), (b"accept", b"*/*")]
    assert rules.request_headers(given_headers, None, "r1") == [("accept", "*/*"), ("x-request-id", "r1")]
    assert rules.response_headers([(b"Connection", b"X-Hop"), (b"X-Hop", b"1"), (b"ETag", b"1")]) == [
        (b"etag", b"1")
    ]


@pytest.mark.parametrize(
    ("method", "bytes_left", "idempotency_key", "body_is_kept", "allowed"),
    [
        ("POST", False, False, True, True),  # nobody heard it: it can be said again
        ("POST", True, False, True, False),  # it may have had its effect
        ("POST", True, True, True, True),  # one effect, however often
        ("PATCH", True, False, True, False),
        ("GET", True, False, True, True),
        ("PUT", True, False, True, True),
        ("DELETE", True, False, True, True),
        ("PUT", True, False, False, False),  # the stream has been read: there is nothing to send again
    ],
)
def test_a_call_is_repeated_only_when_that_is_safe(
    method: str, bytes_left: bool, idempotency_key: bool, body_is_kept: bool, allowed: bool
) -> None:
    repeated = rules.may_repeat(
        method, bytes_left=bytes_left, has_idempotency_key=idempotency_key, body_is_kept=body_is_kept
    )
    assert repeated is allowed
