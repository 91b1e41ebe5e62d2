"""Cursors, entity tags, pointers and problem documents."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from vetagenda_kit.etags import check_version, etag, parse_if_match
from vetagenda_kit.field_errors import pointer
from vetagenda_kit.ids import uuid7
from vetagenda_kit.pages import PageRequest
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems


def _seen(*keys: tuple[Any, ...]) -> list[Any]:
    return [SimpleNamespace(start=key[0], id=key[-1]) for key in keys]


def test_a_cursor_goes_on_where_the_page_ended() -> None:
    ids = [uuid7() for _ in range(4)]
    instant = datetime(2031, 3, 4, 8, 0, 0, 123456, tzinfo=UTC)
    rows = _seen(*((instant, each) for each in ids))
    shown, following = PageRequest("/owners", None, 3).cut(rows)
    assert [row.id for row in shown] == ids[:3]
    assert PageRequest("/owners", following).after_id() == ids[2]
    _, following = PageRequest("/owners", None, 3).cut(rows, lambda row: (row.start, row.id))
    assert PageRequest("/owners", following).after_moment() == (instant, ids[2])
    for is_second in (False, True):
        parted = _seen(*((is_second, each) for each in ids))
        _, following = PageRequest("/owners", None, 3).cut(parted, lambda row: (row.start, row.id))
        assert PageRequest("/owners", following).after_in_parts() == (is_second, ids[2])
    assert PageRequest("/owners", None, 4).cut(rows) == (rows, None)
    assert PageRequest("/owners").after_id() is None
    assert PageRequest("/owners").after_moment() is None
    assert PageRequest("/owners").after_in_parts() is None


@pytest.mark.parametrize("garbage", ["x", "!!!", "e30", "W10", "WzFd", "bnVsbA"])
def test_what_is_no_cursor_is_refused(garbage: str) -> None:
    with pytest.raises(InvalidRequest):
        PageRequest("/owners", garbage)


def test_a_cursor_belongs_to_its_list_and_its_order() -> None:
    _, following = PageRequest("/owners", None, 1).cut(_seen((1, uuid7()), (2, uuid7())))
    with pytest.raises(InvalidRequest):
        PageRequest("/animals", following)
    with pytest.raises(InvalidRequest):
        PageRequest("/owners", following).after_moment()
    with pytest.raises(InvalidRequest):
        PageRequest("/owners", following).after_in_parts()
    _, forged = PageRequest("/owners", None, 1).cut(_seen((1, "x"), (2, "y")))
    with pytest.raises(InvalidRequest):
        PageRequest("/owners", forged).after_id()


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
        (("body",), ""),
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
