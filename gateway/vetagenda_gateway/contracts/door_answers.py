"""What the gateway itself may answer to any operation, whatever service is behind. Pure."""

from typing import Any

Json = dict[str, Any]

_DOOR = {
    "Unauthenticated": ("401", "`unauthenticated`: no valid key"),
    "ScopeMissing": ("403", "`scope-missing`: the key lacks the scope for this"),
    "NotFound": ("404", "`not-found`: not there, or not for this key"),
    "InFlight": ("409", "`idempotency-in-flight`: the first request with this key is still running"),
    "Mismatch": ("422", "`idempotency-mismatch`: the Idempotency-Key was used with another request"),
    "TooLarge": ("413", "`too-large`: the body is too long"),
    "UnsupportedMediaType": ("415", "`unsupported-media-type`: the body is not JSON"),
    "RateLimited": ("429", "`rate-limited`: too many requests"),
    "Unavailable": ("503", "`service-unavailable`: a part of the platform is not reachable just now"),
    "Timeout": ("504", "`service-timeout`: a part of the platform did not answer in time"),
}
"""Component name -> (status, what it says)."""
_EVERYWHERE = ("RateLimited", "Unavailable", "Timeout")
_WITH_KEY = ("Unauthenticated", "ScopeMissing", "NotFound")


def components() -> dict[str, tuple[str, Json]]:
    """By name: the status, and the answer."""
    return {name: (status, _problem(text)) for name, (status, text) in _DOOR.items()}


def add(method: str, operation: Json) -> None:
    """Every operation can also be answered by the gateway, whatever else its service says of that status."""
    for name in _names(method, operation):
        _add(operation["responses"], name)
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _names(method: str, operation: Json) -> list[str]:
    has_caller, is_order = operation.get("security") != [], method == "post"
    names = [*_EVERYWHERE]
    names += _WITH_KEY if has_caller else []
    names += ["TooLarge", "UnsupportedMediaType"] if "requestBody" in operation else []
    names += ["InFlight"] if is_order else []
    names += ["Mismatch"] if is_order and has_caller else []
    return names


def _add(answers: Json, name: str) -> None:
    """Beside what the service says of the same status."""
    status, text = _DOOR[name]
    said = answers.setdefault(status, {"$ref": f"#/components/responses/{name}"})
    code = text.partition(":")[0]
    if code not in said.get("description", code):
        said["description"] += f"; {text}"


def _problem(text: str) -> Json:
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}
