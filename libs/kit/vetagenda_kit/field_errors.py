"""What is wrong with a request, field by field, in words for people who never saw this code."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST_ERRORS = 50
LONGEST_TEXT = 300
_ENUM_REPR = re.compile(r"<\w+\.\w+: ('[^']*')>")


def field_errors(found: Sequence[Any], body: Any) -> list[dict[str, str]]:
    """Pydantic's errors about `body`, or about parameters, as a problem's `errors`: pointer and detail.

    Not more than a person would read: an answer is no amplifier of what was sent.
    """
    told = [_field_error(item, body) for item in found[:MOST_ERRORS]]
    once = {(each["pointer"], each["detail"]): each for each in told}  # two dependencies may read one body
    return [{name: text[:LONGEST_TEXT] for name, text in each.items()} for each in once.values()]


def _field_error(item: Mapping[str, Any], body: Any) -> dict[str, str]:
    """Our own refusals in their own words; what is no JSON points at the body, not at a byte of it."""
    if item["type"] == "json_invalid":
        cause = item["ctx"]["error"]
        return {"pointer": "", "detail": f"not valid JSON near character {item['loc'][-1]}: {cause}"}
    where, *rest = item["loc"]
    if where == "body":
        rest = list(_members(rest, body, missing=item["type"] == "missing"))
    return {"pointer": pointer((where, *rest)), "detail": reason(item)}


def _members(location: Sequence[int | str], body: Any, *, missing: bool) -> Iterator[int | str]:
    """The parts of a location that name members of the body: Pydantic names the choices of a union too."""
    for number, part in enumerate(location):
        if missing and number == len(location) - 1:
            yield part
        elif (isinstance(body, dict) and part in body) or (isinstance(body, list) and isinstance(part, int)):
            body = body[part]  # type: ignore[index]
            yield part


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
    """A JSON Pointer (RFC 6901) in the body, empty for all of it, `?name` in a query, `{name}` in paths."""
    where, *rest = location
    if where == "body":
        escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in rest)
        return "".join(f"/{part}" for part in escaped)
    name = ".".join(str(part) for part in rest)
    return f"{{{name}}}" if where == "path" else f"?{name}"
