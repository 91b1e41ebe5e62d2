"""What the reference shows in place of a text: without an example its viewer makes up "AAAAAA". Pure."""

import re
from typing import Any

from vetagenda_gateway.contracts.example_words import BY_NAME, BY_PLACE, NAMES

Json = dict[str, Any]

_SAYS_MORE = {"example", "examples", "enum", "const", "format"}


def complete(schemas: Json) -> None:
    """Give every text among the properties of the named schemas an example; changes them in place."""
    for schema_name, schema in schemas.items():
        for name, field in schema.get("properties", {}).items():
            _within(field, _example(schema_name, name))


def _example(schema_name: str, name: str) -> str | None:
    """`sender_email` is an `email`. None where nobody has said anything."""
    if said := BY_PLACE.get(f"{schema_name}.{name}"):
        return said
    if name == "name":
        return next((text for word, text in NAMES.items() if word in schema_name), BY_NAME["name"])
    return next((text for word, text in BY_NAME.items() if f"_{name}".endswith(f"_{word}")), None)


def _within(schema: Any, example: str | None) -> None:
    """Also where the text is one of several kinds, or many of it are in a list."""
    if isinstance(schema, dict) and example is not None:
        _give(schema, example)
        for kind in (schema.get("items"), schema.get("additionalProperties"), *schema.get("anyOf", ())):
            _within(kind, example)


def _give(schema: Json, example: str) -> None:
    if schema.get("type") != "string" or schema.keys() & _SAYS_MORE or schema.get("default"):
        return
    fits = schema.get("minLength", 0) <= len(example) <= schema.get("maxLength", len(example))
    if fits and re.search(schema.get("pattern", ""), example):
        schema["examples"] = [example]
