"""What is wrong with a request, field by field, in words for people who never saw this code."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_ENUM_REPR = re.compile(r"<\w+\.\w+: ('[^']*')>")


def field_errors(found: Sequence[Any]) -> list[dict[str, str]]:
    """Pydantic's errors as a problem's `errors`: pointer and detail."""
    return [_field_error(item) for item in found]


def _field_error(item: Mapping[str, Any]) -> dict[str, str]:
    """Our own refusals in their own words; what is no JSON points at the body, not at a byte of it."""
    if item["type"] == "json_invalid":
        cause = item["ctx"]["error"]
        return {"pointer": "/", "detail": f"not valid JSON near character {item['loc'][-1]}: {cause}"}
    return {
        "pointer": pointer(item["loc"]),
        "detail": reason(item),
    }


def reason(item: Mapping[str, Any]) -> str:
    """Pydantic's message, without the names of Python's types where it has them."""
    context = item.get("ctx", {})
    match item["type"]:
        case "value_error":
            return str(context["error"])
        case "literal_error" | "enum":
            return "must be " + _ENUM_REPR.sub(r"\1", context["expected"])
        case "too_short":
            return f"at least {_entries(context['min_length'])} needed, not {context['actual_length']}"
        case "too_long":
            return f"at most {_entries(context['max_length'])}, not {context['actual_length'] or 'more'}"
    return str(item["msg"])


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def pointer(location: tuple[int | str, ...]) -> str:
    """A JSON Pointer (RFC 6901) into the body, `?name` for parameters, `{name}` for the path."""
    where, *rest = location
    if where == "body":
        escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in rest)
        return "".join(f"/{part}" for part in escaped) or "/"
    name = ".".join(str(part) for part in rest)
    return f"{{{name}}}" if where == "path" else f"?{name}"
