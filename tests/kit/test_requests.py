"""What every request is held to before a route runs: exact JSON types, known parameters, readable bodies."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

import pytest
from fastapi import Request
from harness import House
from pydantic import Field, TypeAdapter, ValidationError

from vetagenda_kit.field_errors import field_errors, reason
from vetagenda_kit.models import Day, Instant, Name, PatchModel, RequestModel
from vetagenda_kit.problems import InvalidRequest
from vetagenda_kit.request_rules import RequestRules


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"


class Flags(RequestModel):
    agreed: bool = False
    places: int = 0
    by_name: dict[str, bool] = {}
    note: str | Name = ""
    day: date | None = None


class Wishes(RequestModel):
    flags: Flags = Flags()
    all_flags: list[Flags] = []


@pytest.mark.parametrize(
    "body",
    [
        {"agreed": "yes"},
        {"agreed": 1},
        {"places": True},
        {"places": "5"},
        {"places": 5.0},
        {"by_name": {"sms": "on"}},
        {"by_name": {"s\x00ms": True}},
        {"note": "a\x00b"},
        {"day": 19_000},
        {"day": "19000"},
        {"day": True},
        {"unknown": 1},
    ],
)
def test_one_json_type_is_never_read_as_another(body: dict[str, Any]) -> None:
    """A consent "yes" that was never given, or 2027 read as a second of 1970, must not pass."""
    with pytest.raises(ValidationError):
        Flags.model_validate(body)
    with pytest.raises(ValidationError):
        Wishes.model_validate({"flags": body})
    with pytest.raises(ValidationError):
        Wishes.model_validate({"all_flags": [{}, body]})


def test_what_is_of_its_type_is_read() -> None:
    read = Flags.model_validate({"agreed": True, "places": 5, "by_name": {"sms": False}, "day": "2027-01-02"})
    assert read == Flags(agreed=True, places=5, by_name={"sms": False}, day=date(2027, 1, 2))


@pytest.mark.parametrize("text", ["2027", 2027, "1799000000", "-5", "1799000000.5"])
@pytest.mark.parametrize("kind", [Day, Instant])
def test_a_number_is_no_day_and_no_instant(kind: Any, text: Any) -> None:
    with pytest.raises(ValidationError, match="ISO 8601"):
        TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize("name", ["\u200b", "\u202e\u2060", "\u3164", " \u00a0 ", "\u0301"])
def test_a_name_can_be_seen(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)
    for seen in ("É", "d'Été", "李", "🐶", "e\u0301", "7"):
        assert TypeAdapter(Name).validate_python(seen) == seen


def asked(query: bytes) -> Request:
    """A GET without a body, its query as it came over the wire."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    return Request(
        {"type": "http", "method": "GET", "headers": [], "query_string": query, "path_params": {}}, receive
    )


class ContactPatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset({"phone"})

    name: Name | None = None
    phone: str | None = None
    days: list[int] | None = None


def test_a_null_empties_only_what_may_be_empty() -> None:
    assert ContactPatch.model_validate({"phone": None}).changes() == {"phone": None}
    assert ContactPatch.model_validate({"name": "Odette"}).changes() == {"name": "Odette"}
    assert ContactPatch.model_validate({}).changes() == {}
    with pytest.raises(ValidationError) as refused:
        ContactPatch.model_validate({"name": None, "days": None})
    assert [error["loc"] for error in refused.value.errors()] == [("name",), ("days",)]
    assert "this cannot be empty" in str(refused.value)


def test_the_contract_offers_null_only_where_it_is_taken() -> None:
    properties = ContactPatch.model_json_schema()["properties"]
    assert properties["name"] == {"type": "string", "minLength": 1, "maxLength": 200, "title": "Name"}
    assert properties["days"] == {"type": "array", "items": {"type": "integer"}, "title": "Days"}
    assert {"type": "null"} in properties["phone"]["anyOf"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("staus=confirmed", "?staus"),
        ("q=%00", "?q"),
        ("limit=5&offset=3", "?offset"),
        ("limit=5&limit=50", "?limit"),
        ("q=%ff", "?q"),
        ("limit=5&q=Odette%20%C3", "?q"),
        ("q=%ED%A0%80", "?q"),  # half of a surrogate pair
    ],
)
async def test_a_parameter_that_would_be_ignored_is_refused(house: House, query: str, pointer: str) -> None:
    practice_id = await house.practice()
    async with house.client("agenda", practice_id) as client:
        answer = await client.get(f"/v1/practices/{practice_id}/owners?{query}")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("sent", [b"q=%ff%fe", b"q=\xff", "q=Zoé".encode()])
async def test_a_query_that_would_be_read_as_something_else_is_refused(sent: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await RequestRules(frozenset({"q"}), further=False, json=False, raw=False).check(asked(sent))
    told = refused.value.document("/v1/owners", "")
    assert told["errors"] == [{"pointer": "?q", "detail": "this is not UTF-8, percent-encoded"}]


async def test_where_others_may_add_parameters_ours_are_held_to_the_same() -> None:
    rules = RequestRules(frozenset({"state"}), further=True, json=False, raw=False)
    await rules.check(asked(b"state=x&iss=%ff"))
    for wrong in (b"state=%ff", b"state=%00"):
        with pytest.raises(InvalidRequest, match="state"):
            await rules.check(asked(wrong))


async def test_what_is_utf_8_is_read(house: House) -> None:
    """Also the character that stands elsewhere for what could not be read."""
    practice_id = await house.practice()
    async with house.client("agenda", practice_id) as client:
        for text in ("Zo%C3%A9+Plut%C3%B4t", "%EF%BF%BD", "%F0%9F%90%B6", "100%"):
            answer = await client.get(f"/v1/practices/{practice_id}/owners?q={text}")
            assert answer.status_code == 200, text


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_a_body_of_another_kind_is_named_as_such(house: House, kind: str) -> None:
    practice_id = await house.practice()
    async with house.client("agenda", practice_id) as client:
        path = f"/v1/practices/{practice_id}/calendars"
        answer = await client.post(path, content=b'{"name": "Dr A"}', headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
        assert "application/json" in answer.json()["detail"]
        merge = {"Content-Type": "application/vnd.api+json; charset=utf-8"}
        assert (await client.post(path, content=b'{"name": "Dr A"}', headers=merge)).status_code == 201


async def test_what_is_wrong_is_told_without_names_of_python(house: House) -> None:
    practice_id = await house.practice()
    wrong = {"kind": "garage", "note": "x", "name": "", "color": True}
    async with house.client("agenda", practice_id) as client:
        answer = await client.post(f"/v1/practices/{practice_id}/calendars", json=wrong)
    told = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert {"/kind", "/note", "/name"} <= told.keys()
    for detail in told.values():
        assert not re.search(r"Value error|<\w+\.\w+|Tuple|List should", detail), detail


@pytest.mark.parametrize(
    ("kind", "wrong", "detail"),
    [
        (list[Channel], ["fax"], "must be 'sms' or 'email'"),
        (Literal[Channel.SMS, "none"], "fax", "must be 'sms' or 'none'"),
        (Annotated[tuple[int, ...], Field(min_length=1)], [], "at least 1 entry needed, not 0"),
        (Annotated[list[int], Field(max_length=2)], [1, 2, 3], "at most 2 entries, not 3"),
        (Day, "9999-01-01", "the year must lie between 1900 and 9000"),
    ],
)
def test_messages_are_for_people_who_never_saw_the_code(kind: Any, wrong: Any, detail: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(wrong)
    assert reason(refused.value.errors()[0]) == detail


class Street(RequestModel):
    street: str
    city: str


class Place(RequestModel):
    address: Street | str
    history: list[Street | str] = []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"address": {"street": 1}}, {"/address/street", "/address/city", "/address"}),
        ({"address": "x", "history": ["y", {"city": 7, "street": "z"}]}, {"/history/1/city", "/history/1"}),
        ({"history": []}, {"/address"}),
        ({"address": "x", "PostalAddress": 1}, {"/PostalAddress"}),
        ([], {""}),
        (None, {""}),
    ],
)
def test_a_pointer_holds_only_members_of_the_body(body: Any, pointers: set[str]) -> None:
    """RFC 6901; not the names that our code has for the choices of a field."""
    with pytest.raises(ValidationError) as refused:
        Place.model_validate(body)
    found = [{**error, "loc": ("body", *error["loc"])} for error in refused.value.errors()]
    assert {error["pointer"] for error in field_errors(found, body)} == pointers


async def test_text_that_is_no_json_points_at_the_body(house: House) -> None:
    practice_id = await house.practice()
    async with house.client("agenda", practice_id) as client:
        answer = await client.post(
            f"/v1/practices/{practice_id}/calendars",
            content=b'{"name": "Dr A",}',
            headers={"Content-Type": "application/json"},
        )
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["pointer"] == ""
    assert error["detail"].startswith("not valid JSON near character 16")


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ('{"name": "Dr A", "name": "Dr B"}', "'name' is named twice in one object"),
        ('{"name": NaN}', "NaN is not a number in JSON"),
        ('{"name": ' + "[" * 5_000, "it is nested too deeply"),
        ('{"name": "Dr A"}'.encode("utf-16"), "the body is not UTF-8 at byte 0"),
    ],
)
async def test_json_is_read_as_its_standard_says(house: House, text: str | bytes, detail: str) -> None:
    """RFC 7493: which of two equal names counts is nobody's to guess."""
    practice_id = await house.practice()
    async with house.client("agenda", practice_id) as client:
        path = f"/v1/practices/{practice_id}/calendars"
        answer = await client.post(path, content=text, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"pointer": "", "detail": detail}]
        packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        assert (await client.post(path, content=b"{}", headers=packed)).status_code == 415
        assert (await client.get(path)).json()["items"] == []


async def test_a_body_that_nobody_reads_is_refused(house: House) -> None:
    practice_id = await house.practice()
    async with house.client("agenda", practice_id) as client:
        made = await client.post(f"/v1/practices/{practice_id}/calendars", json={"name": "Dr A"})
        path = f"/v1/practices/{practice_id}/calendars/{made.json()['id']}"
        answer = await client.request("DELETE", path, json={"when": "later"}, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "")
        assert (await client.get(path)).status_code == 200
        answer = await client.request("DELETE", path, json={}, headers={"If-Match": "*"})
        assert answer.status_code == 204


async def test_an_answer_does_not_amplify_what_was_sent(house: House) -> None:
    practice_id = await house.practice()
    async with house.client("agenda", practice_id) as client:
        wrong = {f"unknown-{number}-{'x' * 1000}": 1 for number in range(200)}
        answer = await client.post(f"/v1/practices/{practice_id}/calendars", json=wrong)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 50
    assert len(answer.text) < 50_000


async def test_an_idempotency_key_stands_for_the_query_too(house: House) -> None:
    practice_id = await house.practice()
    path = f"/v1/practices/{practice_id}/documents"
    key = {"Idempotency-Key": "scan-1", "Content-Type": "text/plain"}
    async with house.client("agenda", practice_id) as client:
        made = await client.post(f"/v1/practices/{practice_id}/owners", json={"family_name": "Plutôt"})
        named = {"name": "a.txt", "owner_id": made.json()["id"]}
        assert (await client.post(path, params=named, content=b"x", headers=key)).status_code == 201
        other = await client.post(path, params=named | {"name": "b.txt"}, content=b"x", headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")


async def test_every_operation_says_which_scope_it_needs(house: House) -> None:
    async with house.client("agenda", await house.practice()) as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    asked = [
        operation for path in paths.values() for operation in path.values() if operation.get("security") != []
    ]
    assert len(asked) > 40
    for operation in asked:
        assert operation["security"][0]["key"], operation["operationId"]
        assert "Scope: `" in operation["description"]
