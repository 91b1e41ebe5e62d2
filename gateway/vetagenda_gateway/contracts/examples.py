"""What the reference shows in place of a text: without an example its viewer makes up "AAAAAA". Pure."""

import re
from typing import Any

Json = dict[str, Any]

_BY_NAME = {
    "given_name": "Chloé",
    "family_name": "Noël",
    "owner_name": "Chloé Noël",
    "street": "12 rue du Port",
    "postal_code": "67000",
    "city": "Strasbourg",
    "address": "12 rue du Port, 67000 Strasbourg",
    "phone": "+33611223344",
    "email": "chloe@example.org",
    "species": "dog",
    "breed": "Beagle",
    "title": "Vaccination",
    "time_zone": "Europe/Paris",
    "locale": "fr-FR",
    "country": "FR",
    "color": "#0b6e5f",
    "colour": "#0b6e5f",
    "fax": "+33144556677",
    "fax_gateway": "{number}@fax.example",
}
_OTHERWISE = "text"
_SAYS_MORE = {"example", "examples", "enum", "const", "format"}


def complete(schemas: Json) -> None:
    """Give every text among the properties of the named schemas an example; changes them in place."""
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            _within(field, _example(name))


def _example(name: str) -> str:
    """`sender_email` is an `email`."""
    return next((text for word, text in _BY_NAME.items() if f"_{name}".endswith(f"_{word}")), _OTHERWISE)


def _within(schema: Any, example: str) -> None:
    """Also where the text is one of several kinds, or many of it are in a list."""
    if isinstance(schema, dict):
        _give(schema, example)
        for kind in (schema.get("items"), schema.get("additionalProperties"), *schema.get("anyOf", ())):
            _within(kind, example)


def _give(schema: Json, example: str) -> None:
    if schema.get("type") != "string" or schema.keys() & _SAYS_MORE or schema.get("default"):
        return
    fits = schema.get("minLength", 0) <= len(example) <= schema.get("maxLength", len(example))
    if fits and re.search(schema.get("pattern", ""), example):
        schema["examples"] = [example]
