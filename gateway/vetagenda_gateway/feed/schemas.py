"""The feed on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from vetagenda_kit.models import ViewModel


class FeedEvent(ViewModel):
    """A CloudEvent (1.0) with its number in the practice's feed: 1, 2, 3 ... without a gap."""

    sequence: int
    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"]
    data: dict[str, Any]


class FeedPage(ViewModel):
    """`next` is the `after` of the following page, or null; `last` is the newest number given."""

    items: list[FeedEvent]
    next: int | None
    last: int
