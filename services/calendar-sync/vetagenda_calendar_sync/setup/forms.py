"""The page's forms as browsers send them (WHATWG URL, 5.1)."""

from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request

from vetagenda_calendar_sync.setup.answers import OPEN

MOST_FIELDS = 20


def fields(*names: str) -> dict[str, Any]:
    """For the documents."""
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    content = {"application/x-www-form-urlencoded": {"schema": schema | {"required": list(names)}}}
    return {**OPEN, "requestBody": {"required": True, "content": content}}


async def typed(request: Request) -> dict[str, str]:
    """The form's fields; none of what is no form."""
    body = (await request.body()).decode("utf-8", errors="replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}
