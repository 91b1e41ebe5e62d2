"""Reading the access log."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlalchemy import any_, select, tuple_

from vetagenda_gateway.tables import access_log
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Database, ReadSession
from vetagenda_kit.models import Instant, ViewModel
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.routing import router

accesses = router(tags=["privacy"], prefix="/v1/practices/{practice_id}/access-log")
Reader = Annotated[Caller, Depends(requires("keys:read"))]


class AccessView(ViewModel):
    """`actor_id` is the key's id, or the account's of a `user`; `subject_ids` are the ids in the
    path; no query and no content is kept."""

    at: datetime
    actor_kind: str
    actor_id: str
    method: str
    route: str
    subject_ids: list[UUID]
    status: int
    request_id: str


async def _reading(practice_id: UUID, request: Request, _caller: Reader) -> AsyncIterator[ReadSession]:
    """Asks nobody for the practice's time: accesses happen in real time."""
    database: Database = request.app.state.service.db
    async with database.reading([practice_id]) as session:
        yield session


Log = Annotated[ReadSession, Depends(_reading, scope="function")]


@accesses.get("")
async def list_accesses(
    practice_id: UUID,
    session: Log,
    paging: Paging,
    actor_id: Annotated[str | None, Query(max_length=100)] = None,
    subject_id: UUID | None = None,
    start: Annotated[Instant | None, Query(alias="from")] = None,
    end: Annotated[Instant | None, Query(alias="to")] = None,
) -> Page[AccessView]:
    """Every request that a key or a person made to this practice, the newest first, a second or two after it
    was made: who, when, what, about which ids, and how it was answered. Kept for 400 days."""
    entry = access_log.c
    query = select(access_log).where(entry.practice_id == practice_id)
    if actor_id:
        query = query.where(entry.actor_id == actor_id)
    if subject_id:
        query = query.where(any_(entry.subjects) == subject_id)
    if start:
        query = query.where(entry.at >= start)
    if end:
        query = query.where(entry.at < end)
    place = tuple_(entry.at, entry.id)
    if last := paging.after_moment_number():
        query = query.where(place < last)
    rows, following = paging.cut(
        (await session.execute(query.order_by(place.desc()).limit(paging.reach))).all(),
        lambda row: (row.at.isoformat(), row.id),
    )
    return Page(items=[AccessView(**row._mapping, subject_ids=row.subjects) for row in rows], next=following)
