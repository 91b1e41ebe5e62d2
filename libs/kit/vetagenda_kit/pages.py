"""Lists: `?cursor=&limit=` -> `{"items": [...], "next": cursor or null}`. Cursors are opaque.

A cursor is the sort key of the last item shown, bound to the list that gave it.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request

from vetagenda_kit.models import ViewModel
from vetagenda_kit.problems import InvalidRequest

Item = TypeVar("Item")
Row = TypeVar("Row")


class Page(ViewModel, Generic[Item]):
    items: list[Item]
    next: str | None = None


def _by_id(row: Any) -> tuple[Any, ...]:
    return (row.id,)


class PageRequest:
    """One page of the list at `path`. Raises InvalidRequest at `?cursor` for another list's cursor."""

    def __init__(self, path: str, cursor: str | None = None, limit: int = 100) -> None:
        self.limit = limit
        self._list = hashlib.sha256(path.encode()).hexdigest()[:8]
        self._after = self._decoded(cursor) if cursor else None

    @property
    def reach(self) -> int:
        """How many rows to read: one more than are shown tells whether another page follows."""
        return self.limit + 1

    def after_id(self) -> UUID | None:
        """The last id seen of a list in the order of ids, None at its start."""
        return None if self._after is None else self._key(UUID)[0]

    def after_moment(self) -> tuple[datetime, UUID] | None:
        """The last instant and id seen of a list in the order of instants, None at its start."""
        if self._after is None:
            return None
        instant, last = self._key(datetime.fromisoformat, UUID)
        return instant, last

    def after_moment_number(self) -> tuple[datetime, int] | None:
        """The last instant and number seen of a list in the order of instants, None at its start."""
        if self._after is None:
            return None
        instant, last = self._key(datetime.fromisoformat, int)
        return instant, last

    def after_moment_number_id(self) -> tuple[datetime, int, UUID] | None:
        """The same, of a list in which several items may have one number."""
        if self._after is None:
            return None
        instant, number, last = self._key(datetime.fromisoformat, int, UUID)
        return instant, number, last

    def after_in_parts(self) -> tuple[bool, UUID] | None:
        """Whether the last item seen was in the second of the list's two parts, and its id."""
        if self._after is None:
            return None
        is_second, last = self._key(_truth, UUID)
        return is_second, last

    def cut(
        self, rows: Sequence[Row], key: Callable[[Row], tuple[Any, ...]] = _by_id
    ) -> tuple[list[Row], str | None]:
        """The rows of this page, and the cursor of the next when there were more than the limit."""
        shown = list(rows[: self.limit])
        return shown, self._encoded(key(shown[-1])) if len(rows) > self.limit else None

    def _encoded(self, key: tuple[Any, ...]) -> str:
        text = json.dumps([self._list, *key], default=str)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _decoded(self, cursor: str) -> list[Any]:
        try:
            place, *key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        except (ValueError, TypeError) as error:
            raise _foreign() from error
        if place != self._list:
            raise _foreign()
        return list(key)

    def _key(self, *kinds: Callable[[Any], Any]) -> list[Any]:
        try:
            return [kind(part) for kind, part in zip(kinds, self._after or [], strict=True)]
        except (ValueError, TypeError, AttributeError) as error:
            raise _foreign() from error


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _foreign() -> InvalidRequest:
    return InvalidRequest.at("?cursor", "not a cursor of this list")


# A coroutine, as all dependencies here: FastAPI would call anything else in a thread of its own.
async def _page_request(
    request: Request,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> PageRequest:
    return PageRequest(request.url.path, cursor, limit)


Paging = Annotated[PageRequest, Depends(_page_request)]
