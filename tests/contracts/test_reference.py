"""What an integrator reads in the merged document is complete, and is JSON Schema (PART-10)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from vetagenda_gateway.contracts import documents, merge

DOCUMENT = documents.load("gateway")
OPERATIONS = list(merge.operations(DOCUMENT["paths"]))
NAMED = [pytest.param(*each, id=f"{each[1]} {each[0]}") for each in OPERATIONS]

WORDS = {
    *("$ref", "additionalProperties", "allOf", "anyOf", "const", "default", "deprecated", "description"),
    *("discriminator", "enum", "examples", "exclusiveMaximum", "exclusiveMinimum", "format", "items"),
    *("maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "oneOf", "pattern"),
    *("prefixItems", "properties", "propertyNames", "required", "title", "type", "uniqueItems"),
}


SHOWN = {"examples", "enum", "const", "format", "default"}


def headers(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in operation.get("parameters", ()) if each["in"] == "header"}


@pytest.mark.parametrize(("path", "method", "operation"), NAMED)
def test_an_operation_says_what_it_does(path: str, method: str, operation: dict[str, Any]) -> None:
    """The scope it needs is said for it; the rest is for its docstring to say."""
    own = re.sub(r"^Scopes?: .*$", "", operation.get("description", ""), flags=re.MULTILINE)
    assert operation["summary"].strip()
    assert own.strip(), f"{operation['operationId']} has no docstring"


def test_every_order_can_be_sent_again() -> None:
    """PLAT-3; without a key nobody's orders are told apart."""
    for path, method, operation in OPERATIONS:
        named = headers(operation).get("Idempotency-Key")
        assert (named is not None) == (method == "post" and operation.get("security") != []), path
        assert named is None or named["schema"]["maxLength"] == 255


def test_what_compares_versions_takes_if_match() -> None:
    for path, method, operation in OPERATIONS:
        if {"412", "428"} & operation["responses"].keys():
            assert "If-Match" in headers(operation), f"{method} {path}"


def test_no_parameter_is_null() -> None:
    """In an address or a header something is there or not."""
    for path, method, operation in OPERATIONS:
        for each in operation.get("parameters", ()):
            assert {"type": "null"} not in each["schema"].get("anyOf", ()), f"{method} {path} {each['name']}"


def test_schemas_use_the_words_of_json_schema_only() -> None:
    for place, schema in _schemas(DOCUMENT["components"]["schemas"]):
        assert schema.keys() <= WORDS, f"{place}: {schema.keys() - WORDS}"
        if "minimum" in schema or "maximum" in schema:
            assert schema.get("type") in ("integer", "number"), place
        if "minLength" in schema or "maxLength" in schema:
            assert schema.get("type") == "string" or place.endswith("propertyNames"), place


def test_no_field_needs_a_made_up_example() -> None:
    """Where a text has a length, the viewer would show "AAAAAA"; an example must itself be allowed."""
    for place, schema in _schemas(DOCUMENT["components"]["schemas"]):
        if schema.get("type") == "string" and place.count("/") > 1 and not schema.keys() & SHOWN:
            raise AssertionError(f"{place} has no example: say it at the type, or in example_words.py")
        for example in schema.get("examples", ()) if schema.get("type") == "string" else ():
            assert len(example) <= schema.get("maxLength", len(example)), place
            assert re.search(schema.get("pattern", ""), example), place


def _schemas(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema that a mapping of names to schemas holds, with those inside it."""
    for name, schema in value.items():
        here = f"{place}/{name}"
        yield here, schema
        yield from _schemas(schema.get("properties", {}), here)
        inner = {
            key: schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)
        }
        several = {
            f"{key}{position}": each
            for key in ("anyOf", "allOf", "oneOf", "prefixItems")
            for position, each in enumerate(schema.get(key, ()))
        }
        yield from _schemas(inner | several, here)


def test_what_is_posted_to_partners_is_described() -> None:
    """PART-10: the body is an event of the feed, the headers are those of Standard Webhooks."""
    posted = DOCUMENT["webhooks"]["practice-event"]["post"]
    body = posted["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/FeedEvent"}
    assert headers(posted).keys() == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert posted["responses"].keys() == {"204", "410", "default"}
    assert posted["security"] == []
