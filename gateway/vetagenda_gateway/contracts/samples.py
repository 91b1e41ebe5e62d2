"""A whole example for every schema, made of what its fields say of themselves. Pure.

Fields have examples of their own or get them by their names (`examples`); ids, instants and the rest follow
from their types. Tests hold every sample against its schema, and what is sent against the service's model.
"""

from typing import Any

from vetagenda_gateway.contracts.example_words import ANYTHING, KEYS

Json = dict[str, Any]
_REFERENCE = "#/components/schemas/"
_ID = "01a20890-1b2e-7228-9cfe-5c5b552bc835"
_BY_FORMAT = {
    "uuid": _ID,
    "date-time": "2026-11-25T09:00:00Z",
    "date": "2026-11-25",
    "duration": "PT30M",
    "uri": "https://example.org/",
    "email": "chloe@example.org",
    "binary": "%PDF-1.7",
    "ipvanynetwork": "192.0.2.0/24",
    "password": "correct horse battery staple",
}
_LATER = ("to", "end", "until")
_LATER_TODAY = "2026-11-25T09:20:00Z"


def complete(schemas: Json) -> None:
    """Give every named schema one example, unless it lists its values; changes them in place."""
    for schema in schemas.values():
        if not schema.keys() & {"example", "examples", "enum"}:
            schema["examples"] = [sample(schema, schemas)]


def show(paths: Json, schemas: Json) -> None:
    """Give every JSON body that is sent or answered its examples where it is described: the viewer looks
    there and nowhere else. Changes the paths in place."""
    for item in paths.values():
        for operation in item.values():
            for described in _bodies(operation):
                for kind, content in described.get("content", {}).items():
                    if kind == "application/json" and "schema" in content:
                        content["examples"] = _named(content["schema"], schemas)


def _named(schema: Json, schemas: Json) -> Json:
    """All that a model gives, or the one that is made."""
    told = schemas.get(schema.get("$ref", "").removeprefix(_REFERENCE), schema).get("examples")
    values = told or [sample(schema, schemas)]
    return {f"example-{number}": {"value": value} for number, value in enumerate(values, start=1)}


def _bodies(operation: Any) -> list[Json]:
    if not isinstance(operation, dict):
        return []
    return [operation.get("requestBody", {}), *operation.get("responses", {}).values()]


def sample(schema: Any, schemas: Json, name: str = "", within: tuple[str, ...] = ()) -> Any:
    """A value that the schema allows. `within` are the named schemas around it: one that holds itself ends
    with an empty list or a null."""
    if not isinstance(schema, dict):
        return ANYTHING
    if reference := schema.get("$ref"):
        inner = reference.removeprefix(_REFERENCE)
        return None if inner in within else sample(schemas[inner], schemas, name, (*within, inner))
    for told in ("examples", "enum"):
        if schema.get(told):
            return schema[told][0]
    for told in ("const", "example"):
        if told in schema:
            return schema[told]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _chosen(schema[choice], schemas, name, within)
    return _of_type(schema, schemas, name, within)


def _chosen(choices: list[Any], schemas: Json, name: str, within: tuple[str, ...]) -> Any:
    """The first that says something; null when all that is left would hold itself."""
    for each in choices:
        if each.get("type") != "null" and each.get("$ref", "").removeprefix(_REFERENCE) not in within:
            return sample(each, schemas, name, within)
    return None


def _of_type(schema: Json, schemas: Json, name: str, within: tuple[str, ...]) -> Any:
    match schema.get("type"):
        case "object":
            return _object(schema, schemas, name, within)
        case "array":
            return _list(schema, schemas, name, within)
        case "string":
            return _text(schema, name)
        case "integer" | "number":
            return _number(schema)
        case "boolean":
            return schema.get("default", True)
        case "null":
            return None
    return ANYTHING


def _object(schema: Json, schemas: Json, name: str, within: tuple[str, ...]) -> Json:
    made = {field: sample(each, schemas, field, within) for field, each in _said(schema).items()}
    more = schema.get("additionalProperties")
    if made or not isinstance(more, dict):
        return made
    names = schema.get("propertyNames", {})
    key = KEYS.get(name) or sample({"type": "string", **names}, schemas)
    return {key: sample(more, schemas, key, within)}


def _said(schema: Json) -> Json:
    """What may be left out and is null then is left out: of two things that exclude each other none is
    there. Where everything may be, the first is there."""
    fields: Json = schema.get("properties", {})
    needed = schema.get("required", ())
    said = {name: each for name, each in fields.items() if name in needed or not _may_be_null(each)}
    return said or dict(list(fields.items())[:1])


def _may_be_null(schema: Json) -> bool:
    return any(each.get("type") == "null" for each in schema.get("anyOf", ()))


def _list(schema: Json, schemas: Json, name: str, within: tuple[str, ...]) -> list[Any]:
    if "prefixItems" in schema:
        return [sample(each, schemas, name, within) for each in schema["prefixItems"]]
    items = schema.get("items", {})
    if items.get("$ref", "").removeprefix(_REFERENCE) in within:
        return []
    return [sample(items, schemas, name.removesuffix("s"), within)] * max(1, schema.get("minItems", 0))


def _text(schema: Json, name: str) -> str:
    kind = schema.get("format", "")
    if kind == "date-time" and name in _LATER:
        return _LATER_TODAY
    text: str = _BY_FORMAT.get(kind) or schema.get("default") or ANYTHING
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", len(text) + 1_000)]


def _number(schema: Json) -> Any:
    if schema.get("default") is not None:
        return schema["default"]
    kind = int if schema["type"] == "integer" else float
    lowest = schema.get(
        "minimum", schema.get("exclusiveMinimum", 0) + 1 if "exclusiveMinimum" in schema else 1
    )
    return kind(max(lowest, min(1, schema.get("maximum", 1))))
