"""One way to make, change, delete and list the practice's records: calendars, types, owners and so on.

A `Resource` says what is special about a kind; the commands and queries here are the same for all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda import history
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.records import usage
from vetagenda_agenda.tables import Record
from vetagenda_contracts.agenda import RecordEvent
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version
from vetagenda_kit.ids import uuid7
from vetagenda_kit.models import PatchModel, RequestModel, ViewModel
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound, Problem

Row = TypeVar("Row", bound=Record)
Effect = Callable[[WriteSession, Any], Awaitable[None]]


async def no_effect(_session: WriteSession, _row: Any) -> None:
    """Most records need nothing beyond their own row."""


async def nothing_found(_session: WriteSession, _row: Any) -> dict[str, Any]:
    """Most changes meet nothing that their answer would tell of."""
    return {}


@dataclass(frozen=True)
class Resource(Generic[Row]):
    """`check` raises the problems of a row about to be written, `written` and `deleted` do what else
    belongs to it (an absence's occupancy), `leaving` ends that for a row about to change or to be
    deleted, while it still is as it was, or raises one of `refusals`. `written_by` is the scope of who
    may write it, where that is not the area's own. `personal` fields never enter an event. Who may book
    reads what is `read_to_book`, without its `inward` fields; a partner only what the practice chose for
    it, in its activation's list `exposed_as`. `named_in` is the column in which appointments and waiting
    entries name it: while any is to come, it is not deleted. `answer` is the view of what was made or
    changed where it tells more than a reading: what `found` finds then."""

    noun: str
    path: str
    scope: str
    table: type[Row]
    new: type[RequestModel]
    patch: type[PatchModel]
    view: type[ViewModel]
    created: type[RecordEvent]
    updated: type[RecordEvent]
    removed: type[RecordEvent]
    written_by: str | None = None
    personal: frozenset[str] = frozenset()
    read_to_book: bool = False
    inward: frozenset[str] = frozenset()
    exposed_as: str | None = None
    check: Effect = no_effect
    leaving: Effect = no_effect
    refusals: tuple[type[Problem], ...] = ()
    written: Effect = no_effect
    deleted: Effect = no_effect
    named_in: str | None = None
    answer: type[ViewModel] | None = None
    found: Callable[[WriteSession, Any], Awaitable[dict[str, Any]]] = nothing_found

    def facts(self, row: Row) -> dict[str, Any]:
        hidden = {"search", "created_at", "updated_at", *self.personal}
        return row.model_dump(mode="json", exclude=hidden)


def snapshot(row: Record) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude={"search"})


Lock = dict[str, Any]
HELD: Lock = {"read": True, "key_share": True}
"""As a foreign key does it: nobody deletes or erases the record meanwhile."""
ALONE: Lock = {"key_share": True}
"""And nobody else holds it so."""


async def find(
    session: AsyncSession,
    resource: Resource[Row],
    practice_id: UUID,
    record_id: UUID,
    *,
    at: str = "",
    lock: Lock | None = None,
) -> Row:
    """Raises NotFound, also for another practice's and for a deleted record. `at` points to where the id was
    given, when that is not the path: `/owner_id`, `?owner_id`."""
    row = await session.get(resource.table, record_id, with_for_update=lock)
    if row is None or row.deleted_at is not None or row.practice_id != practice_id:
        raise NotFound(f"{at}{': ' if at else ''}there is no such {resource.noun}")
    return row


async def page(
    session: AsyncSession, resource: Resource[Row], practice_id: UUID, paging: PageRequest, *filters: Any
) -> Page[Any]:
    """In the order of creation (ids are UUIDv7)."""
    table = resource.table
    query: Select[Row] = (
        select(table)
        .where(and_(col(table.practice_id) == practice_id, col(table.deleted_at).is_(None), *filters))
        .order_by(col(table.id))
        .limit(paging.reach)
    )
    if last := paging.after_id():
        query = query.where(col(table.id) > last)
    rows, following = paging.cut((await session.scalars(query)).all())
    return Page(items=[resource.view.model_validate(row) for row in rows], next=following)


async def create(
    session: WriteSession, resource: Resource[Row], practice_id: UUID, request: RequestModel, actor: Actor
) -> Row:
    now = system_now()
    row = resource.table(
        **request.model_dump(), id=uuid7(), practice_id=practice_id, created_at=now, updated_at=now
    )
    await resource.check(session, row)
    session.add(row)
    await session.flush()
    await resource.written(session, row)
    await _tell(session, resource, row, actor, before=None, facts_before=None, fields=[])
    return row


async def update(
    session: WriteSession,
    resource: Resource[Row],
    row: Row,
    patch: PatchModel,
    expected: int | None,
    actor: Actor,
) -> Row:
    """Raises StaleVersion, NotFound. Under the row's lock: of two changes to one version one counts.

    The lock lets bookings go on that take a reference to it.
    """
    await session.refresh(row, with_for_update={"key_share": True})
    if row.deleted_at is not None:
        raise NotFound(f"there is no such {resource.noun}")
    check_version(expected, row.version)
    before, facts_before = snapshot(row), resource.facts(row)
    changes = patch.changes()
    await resource.leaving(session, row)
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = system_now()
    await resource.check(session, row)
    await session.flush()
    await resource.written(session, row)
    await _tell(session, resource, row, actor, before, facts_before, sorted(changes))
    return row


async def delete(
    session: WriteSession, resource: Resource[Row], row: Row, expected: int | None, actor: Actor
) -> None:
    """Raises StaleVersion, NotFound and, while something to come needs it, InUse.

    Under the row's full lock, which waits for every booking that is just taking a reference to it.
    """
    await session.refresh(row, with_for_update=True)
    if row.deleted_at is not None:
        raise NotFound(f"there is no such {resource.noun}")
    check_version(expected, row.version)
    before, facts_before = snapshot(row), resource.facts(row)
    if resource.named_in is not None:
        then = f"delete the {resource.noun.replace('-', ' ')}"
        await usage.check_unused(session, row, resource.named_in, then=then)
    await resource.leaving(session, row)
    await resource.deleted(session, row)
    row.version += 1
    row.deleted_at = row.updated_at = system_now()
    await _tell(session, resource, row, actor, before, facts_before, [], removed=True)


async def _tell(
    session: WriteSession,
    resource: Resource[Row],
    row: Row,
    actor: Actor,
    before: dict[str, Any] | None,
    facts_before: dict[str, Any] | None,
    fields: list[str],
    *,
    removed: bool = False,
) -> None:
    kind = resource.removed if removed else resource.updated if before else resource.created
    event = kind(
        practice_id=row.practice_id,
        actor=actor,
        aggregate_id=row.id,
        version=row.version,
        before=facts_before,
        after=None if removed else resource.facts(row),
        fields=fields,
    )
    practice = await practices.practice(session, row.practice_id)
    at = practice.virtual_now or row.updated_at
    after = None if removed else snapshot(row)
    history.tell(session, event, kind=resource.noun, at=at, before=before, after=after)
