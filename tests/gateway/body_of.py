"""The smallest body that a JSON schema allows, with an id of the right kind wherever one is asked."""

from collections.abc import Callable, Iterator
from typing import Any

from gateway.populated import NOWHERE

Json = dict[str, Any]
Ids = Callable[[str], str]  # the id for a field of this name


def smallest(schema: Json, document: Json, ids: Ids, name: str = "") -> Any:
    """A value for the schema (OpenAPI 3.1). Only required members; the first of several choices."""
    schema = resolved(schema, document)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return smallest(schema[choice][0], document, ids, name)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            required = schema.get("required", ())
            return {each: smallest(schema["properties"][each], document, ids, each) for each in required}
        case "array":
            return [smallest(schema["items"], document, ids, name)] * max(1, schema.get("minItems", 0))
        case "string":
            return _text(schema, ids, name)
        case "integer" | "number":
            return schema.get("minimum", 1)
    return True


def id_fields(schema: Json, document: Json) -> Iterator[tuple[str, bool]]:
    """(name, whether it is a list) of a body's members that are ids, required or not."""
    for name, member in resolved(schema, document).get("properties", {}).items():
        if is_id(member):
            yield name, False
        elif member.get("type") == "array" and is_id(member["items"]):
            yield name, True


def is_id(schema: Json) -> bool:
    return any(each.get("format") == "uuid" for each in (schema, *schema.get("anyOf", ())))


def resolved(schema: Json, document: Json) -> Json:
    if "$ref" not in schema:
        return schema
    found: Json = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _text(schema: Json, ids: Ids, name: str) -> str:
    match schema.get("format"):
        case "uuid":
            return ids(name)
        case "date-time":
            return "2031-03-05T09:00:00+01:00" if name in ("to", "end") else "2031-03-04T09:00:00+01:00"
        case "date":
            return "2031-03-04"
        case "uri":
            return NOWHERE
    return "+33612345678" if name in ("phone", "to") else "x" * max(1, schema.get("minLength", 1))
