"""Cursors, entity tags, pointers and problem documents."""

from typing import Any

import pytest

from vetagenda_kit.etags import check_version, etag, parse_if_match
from vetagenda_kit.field_errors import pointer
from vetagenda_kit.pages import decode_cursor, encode_cursor
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems


def test_cursors_survive_the_round_trip_and_refuse_garbage() -> None:
    assert decode_cursor(encode_cursor("2031-03-04", 7)) == ["2031-03-04", 7]
    for garbage in ("x", "!!!", "e30", ""):
        with pytest.raises(InvalidRequest):
            decode_cursor(garbage)


@pytest.mark.parametrize(("header", "version"), [('"3"', 3), ("*", None), (' "12" ', 12)])
def test_if_match_names_a_version(header: str, version: int | None) -> None:
    assert parse_if_match(header) == version


def test_versions_are_compared() -> None:
    assert etag(3) == '"3"'
    check_version(None, 3)
    check_version(3, 3)
    with pytest.raises(StaleVersion):
        check_version(2, 3)
    with pytest.raises(VersionRequired):
        parse_if_match(None)
    with pytest.raises(InvalidRequest):
        parse_if_match("3")


@pytest.mark.parametrize(
    ("location", "told"),
    [
        (("body", "owner", "phone"), "/owner/phone"),
        (("body", "animals", 0, "a/b"), "/animals/0/a~1b"),
        (("body",), "/"),
        (("query", "from"), "?from"),
        (("path", "appointment_id"), "{appointment_id}"),
        (("header", "if-match"), "?if-match"),
    ],
)
def test_errors_point_at_the_field(location: tuple[Any, ...], told: str) -> None:
    assert pointer(location) == told


def test_a_problem_document_has_its_members() -> None:
    document = InvalidRequest.at("/start", "too early").document("/v1/x", "r-1")
    assert document == {
        "type": "/docs/problems#invalid-request",
        "title": "The request is not valid",
        "status": 422,
        "detail": "too early",
        "instance": "/v1/x",
        "code": "invalid-request",
        "request_id": "r-1",
        "errors": [{"pointer": "/start", "detail": "too early"}],
    }


def test_routes_list_their_problems_by_status() -> None:
    listed = problems(NotFound, StaleVersion, InvalidRequest)
    assert set(listed) == {404, 412, 422}
    assert "not-found" in listed[404]["description"]
