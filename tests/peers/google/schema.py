"""Requests and answers are held against Google's own discovery document, the one inside its client."""

import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from peers.google.refusal import Refusal, bad_request

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # RFC 3339, with an offset
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


def described(method: str) -> dict[str, Any]:
    """The document's part about a method like `events.insert`."""
    resource, verb = method.split(".")
    found: dict[str, Any] = discovery()["resources"][resource]["methods"][verb]
    return found


def check_parameters(method: str, query: dict[str, str]) -> None:
    """Refuses a query parameter that the document does not know, or a value that it does not allow."""
    known = described(method).get("parameters", {}) | discovery()["parameters"]
    if unknown := query.keys() - known.keys():
        raise bad_request(f"unknown parameter: {sorted(unknown)}")
    for name, value in query.items():
        if not allowed(known[name], value):
            raise Refusal(400, "invalidParameter", f"Invalid value for: {name}")


def allowed(shape: dict[str, Any], value: str) -> bool:
    if "enum" in shape:
        return value in shape["enum"]
    if shape["type"] == "boolean":
        return value in ("true", "false")
    if shape["type"] == "integer":
        least, most = int(shape.get("minimum", -(2**31))), int(shape.get("maximum", 2**31 - 1))
        return value.lstrip("-").isdigit() and least <= int(value) <= most
    if shape.get("format") == "date-time":
        return bool(INSTANT.fullmatch(value))
    return True


def check_answer(schema: str, value: object) -> None:
    """What the stand-in answers must have the shape that it claims: a mistake of its own is loud."""
    problem = difference({"$ref": schema}, value, schema)
    assert problem is None, problem


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
