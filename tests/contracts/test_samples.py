"""PART-10: every schema has an example, and every example is one of its schema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.routing import iter_route_contexts

import vetagenda_contracts.agenda  # noqa: F401  (the example is one of its events)
from vetagenda_contracts.events import CloudEvent
from vetagenda_gateway.contracts import __main__ as contracts
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


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Where, and what is said of every body that is sent or answered as JSON."""
    for path, method, operation in merge.operations(DOCUMENT["paths"]):
        answers = {f"{status} of": answer for status, answer in operation["responses"].items()}
        for what, described in {"to": operation.get("requestBody", {}), **answers}.items():
            content = described.get("content", {}).get("application/json", {})
            if "schema" in content:
                yield f"{what} {method.upper()} {path}", content


def test_every_body_that_is_sent_or_answered_has_one() -> None:
    """Where it is described: a viewer makes one up otherwise."""
    several = dict(bodies())
    assert len(several) > 300
    for where, content in several.items():
        assert content["examples"], where
        for each in content["examples"].values():
            assert not check(each["value"], content["schema"]), where


@pytest.mark.parametrize("service", contracts.SERVICES)
def test_what_is_sent_as_shown_is_taken(service: str, tmp_path: Path) -> None:
    """The models know more than their schemas: which fields exclude each other, what has to end later."""
    shown, refused = dict(bodies()), {}
    for route in iter_route_contexts(contracts.app_of(service, tmp_path).routes):
        model: Any = getattr(route, "body_field", None)
        for method in route.methods or () if model else ():
            content = shown.get(f"to {method} {route.path_format}", {})
            for each in content.get("examples", {}).values():
                _, errors = model.validate(each["value"], {}, loc=("body",))
                if errors:
                    refused[f"{method} {route.path_format}"] = errors
    assert refused == {}


def test_the_example_of_an_event_is_one() -> None:
    (shown,) = SCHEMAS["FeedEvent"]["examples"]
    event = CloudEvent.model_validate(shown).event()
    assert event.model_dump(mode="json", exclude_none=True) == shown["data"]


def test_every_problem_is_shown_whole() -> None:
    """As the operation would answer it: with its status, and with the address of its paragraph."""
    shown = DOCUMENT["components"]["examples"]
    for path, method, operation in merge.operations(DOCUMENT["paths"]):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/problem+json", {})
            assert content == {} or content["examples"], f"{status} of {method.upper()} {path}"
            for code in content.get("examples", ()):
                problem = shown[code]["value"]
                assert (problem["status"], problem["code"]) == (int(status), code)
                assert problem["type"] == f"/docs/problems#{code}"
                assert not check(problem, SCHEMAS["ProblemDocument"])


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
