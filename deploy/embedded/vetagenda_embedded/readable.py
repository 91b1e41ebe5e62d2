"""Answers of the platform as people read them in a terminal."""

import json
from typing import Any

Answer = dict[str, Any] | list[dict[str, Any]]


def readable(answer: Answer) -> str:
    """One line a thing, without what is not known of it."""
    rows = answer if isinstance(answer, list) else [answer]
    return "\n".join(_one_line(row) for row in rows) if rows else "nothing"


def _one_line(row: dict[str, Any]) -> str:
    return "  ".join(f"{name}={_shown(value)}" for name, value in row.items() if value is not None)


def _shown(value: Any) -> str:
    """Text as it is, a list of texts with commas, everything else as in JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    return json.dumps(value, ensure_ascii=False)
