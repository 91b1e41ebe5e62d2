"""Requests and answers are held against Google's own discovery document, the one inside its client."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from peers.google.refusal import bad_request

TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "number": (int, float),
    "array": list,
    "object": dict,
    "any": object,
}


@cache
def discovery() -> dict[str, Any]:
    package = find_spec("googleapiclient")
    assert package is not None
    assert package.origin is not None
    text = Path(package.origin).parent / "discovery_cache" / "documents" / "calendar.v3.json"
    document: dict[str, Any] = json.loads(text.read_text())
    return document


def check_parameters(method: str, names: set[str]) -> None:
    """`method` like `events.insert`; refuses a query parameter that the document does not know."""
    resource, verb = method.split(".")
    document = discovery()
    known = set(document["resources"][resource]["methods"][verb]["parameters"]) | set(document["parameters"])
    if unknown := names - known:
        raise bad_request(f"unknown parameter: {sorted(unknown)}")


def check(schema: str, value: object) -> None:
    """Refuses with 400 what does not have the shape of the named schema."""
    if problem := difference({"$ref": schema}, value, schema):
        raise bad_request(problem)


def difference(shape: dict[str, Any], value: object, path: str) -> str | None:
    """Where and how `value` departs from `shape`, or None. A null means "not given"."""
    if value is None:
        return None
    if "$ref" in shape:
        shape = discovery()["schemas"][shape["$ref"]]
    if not isinstance(value, TYPES[shape["type"]]):
        return f"{path}: {shape['type']} expected"
    if isinstance(value, list):
        parts = (difference(shape["items"], item, f"{path}[{n}]") for n, item in enumerate(value))
        return next((part for part in parts if part), None)
    if isinstance(value, dict):
        return in_object(shape, value, path)
    return None


def in_object(shape: dict[str, Any], value: dict[str, Any], path: str) -> str | None:
    fields, others = shape.get("properties", {}), shape.get("additionalProperties")
    for name, item in value.items():
        if (field := fields.get(name, others)) is None:
            return f"{path}.{name}: unknown field"
        if problem := difference(field, item, f"{path}.{name}"):
            return problem
    return None
