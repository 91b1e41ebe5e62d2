"""Lists: `?cursor=&limit=` -> `{"items": [...], "next": cursor or null}`. Cursors are opaque."""

import base64
import json
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query

from vetagenda_kit.models import ViewModel
from vetagenda_kit.problems import InvalidRequest

Item = TypeVar("Item")


class Page(ViewModel, Generic[Item]):
    items: list[Item]
    next: str | None = None


class PageRequest:
    """`after` is the sort key of the last item seen (a list of JSON values), or None at the start."""

    def __init__(self, cursor: str | None = None, limit: int = 100) -> None:
        self.limit = limit
        self.after: list[Any] | None = decode_cursor(cursor) if cursor else None


# A coroutine, as all dependencies here: FastAPI would call anything else in a thread of its own.
async def _page_request(
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> PageRequest:
    return PageRequest(cursor, limit)


Paging = Annotated[PageRequest, Depends(_page_request)]


def encode_cursor(*key: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[Any]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        key = None
    if not isinstance(key, list):
        raise InvalidRequest.at("?cursor", "not a cursor of this list")
    return key
