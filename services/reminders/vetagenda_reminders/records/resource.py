"""What is special about one kind of record; commands, queries and routes are the same for all."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from vetagenda_contracts.events import Event
from vetagenda_kit.db import WriteSession
from vetagenda_kit.models import PatchModel, RequestModel, ViewModel
from vetagenda_kit.problems import Conflict
from vetagenda_reminders.tables import Tenant

Row = TypeVar("Row", bound=Tenant)
Fields = Mapping[str, Any]


def as_they_are(fields: Fields) -> dict[str, Any]:
    return dict(fields)


@dataclass(frozen=True)
class Resource(Generic[Row]):
    """`columns` makes stored values of the fields that were sent, and refuses what they may not say. `check`
    raises NotFound for what a row about to be written refers to; `in_use` is raised for one about to be
    deleted that `is_used`. `fixed` are the columns that tell this kind from others in its table; `followed`
    does what a change or a deletion brings, `parted` what must be done before a deletion. `making` and
    `changing` describe the two routes."""

    noun: str
    path: str
    table: type[Row]
    new: type[RequestModel]
    change: type[PatchModel]
    view: type[ViewModel]
    shown: Callable[[Row], ViewModel]
    created: type[Event]
    updated: type[Event]
    deleted: type[Event]
    check: Callable[[WriteSession, Fields], Awaitable[None]]
    is_used: Callable[[WriteSession, Row], Awaitable[bool]]
    in_use: type[Conflict] | None = None
    columns: Callable[[Fields], dict[str, Any]] = as_they_are
    fixed: Mapping[str, Any] = field(default_factory=dict)
    followed: Callable[[WriteSession, Row], Awaitable[None]] | None = None
    parted: Callable[[WriteSession, Row], Awaitable[None]] | None = None
    making: str = ""
    changing: str = ""

    def holds(self, record: Row) -> bool:
        return all(getattr(record, name) == value for name, value in self.fixed.items())


async def refers_to_nothing(_session: WriteSession, _fields: Fields) -> None:
    """A record that stands alone."""


async def never_used(_session: WriteSession, _row: Any) -> bool:
    return False
