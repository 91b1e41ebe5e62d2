"""PART-10: every schema has an example, and every example is one of its schema."""

from typing import Any

import jsonschema_rs
import pytest

from vetagenda_gateway.contracts import documents, merge, samples

DOCUMENT = documents.load("gateway")
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


HERE = "urn:vetagenda:reference"
REGISTRY = jsonschema_rs.Registry([(HERE, {"components": {"schemas": SCHEMAS}})])


def _elsewhere(value: Any) -> Any:
    """The same schema, whose references lead into the reference."""
    if isinstance(value, list):
        return [_elsewhere(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: f"{HERE}{each}" if name == "$ref" and isinstance(each, str) else _elsewhere(each)
        for name, each in value.items()
    }


def check(value: Any, schema: dict[str, Any]) -> list[str]:
    """What the value breaks, with formats checked."""
    validator = jsonschema_rs.Draft202012Validator(
        _elsewhere(schema), validate_formats=True, registry=REGISTRY
    )
    return [
        f"{'/'.join(map(str, each.instance_path))}: {each.message}" for each in validator.iter_errors(value)
    ]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_has_an_example_of_itself(name: str) -> None:
    schema = SCHEMAS[name]
    assert schema.get("examples") or schema["enum"], name
    for each in schema.get("examples", ()):
        assert not check(each, schema), each


def test_every_body_that_is_sent_or_answered_has_one() -> None:
    """By its own schema, or by the one that it refers to."""
    bare = []
    for path, method, operation in merge.operations(DOCUMENT["paths"]):
        contents = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in contents:
            schema = content.get("content", {}).get("application/json", {}).get("schema")
            if schema is not None and check(samples.sample(schema, SCHEMAS), schema):
                bare.append(f"{method.upper()} {path}")
    assert bare == []


def test_one_that_holds_itself_comes_to_an_end() -> None:
    tree = {
        "type": "object",
        "required": ["parent"],
        "properties": {
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
            "parent": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
        },
    }
    made = samples.sample({"$ref": "#/components/schemas/Tree"}, {"Tree": tree})
    assert made == {"children": [], "parent": None}
