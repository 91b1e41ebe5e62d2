"""What the merged document says of parameters beyond what the services say of theirs. Pure.

FastAPI calls an optional parameter nullable; in a query or a header nothing can be null, only absent.
"""

from typing import Any

Json = dict[str, Any]

_IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A name of your choice for this order, such as a UUID. Sent again with the same key and "
    "body within three days, it has one effect and gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "example": "b3c1f0de-booking-1",
}
_HEADERS: dict[str, Json] = {
    "if-match": {
        "name": "If-Match",
        "description": "The `ETag` that you read: what has changed since is left alone and answered with "
        "`stale-version`. `*` means whatever its version is.",
        "example": '"3"',
    },
    "last-event-id": {"name": "Last-Event-ID"},
}
_EXAMPLES = {
    "uuid": "0198c2f4-6a00-7cc3-98c4-dc0c0c07398f",
    "date-time": "2027-03-01T09:00:00+01:00",
    "date": "2027-03-01",
}


def complete(method: str, operation: Json) -> None:
    """Change the operation in place."""
    parameters = [_completed(each) for each in operation.get("parameters", ())]
    if method == "post" and operation.get("security") != []:  # a key names its caller's orders
        parameters.append(_IDEMPOTENCY_KEY)
    if parameters:
        operation["parameters"] = parameters


def _completed(parameter: Json) -> Json:
    told = _HEADERS.get(parameter["name"].lower(), {}) if parameter["in"] == "header" else {}
    schema = _without_null(parameter["schema"])
    example = _EXAMPLES.get(schema.get("format", ""))
    shown = {} if example is None or "default" in schema else {"example": example}
    return {**parameter, **told, "schema": schema, **shown}


def _without_null(schema: Json) -> Json:
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if not kinds or len(kinds) == len(schema["anyOf"]):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**kinds[0], **rest} if len(kinds) == 1 else {"anyOf": kinds, **rest}
