"""What this service holds about one owner, for the agenda's export of all that the platform holds."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import ColumnElement, select
from sqlmodel import col

from vetagenda_contracts.privacy import DataSubject
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.db import Read, ReadSession
from vetagenda_kit.routing import router
from vetagenda_kit.rows import RowModel
from vetagenda_sms.number_key import hashes_of
from vetagenda_sms.replies.tables import Reply
from vetagenda_sms.retention.commands import of_owner
from vetagenda_sms.tables import Message

api = router(tags=["internal"], prefix="/internal/practices/{practice_id}/subject-access")
api.include_in_schema = False


@api.post("")
async def hold(
    practice_id: UUID, subject: DataSubject, request: Request, session: Read, _caller: ServiceCaller
) -> dict[str, list[dict[str, Any]]]:
    """Rows as they are kept, without digests and secrets."""
    theirs = of_owner(practice_id, subject.owner_id, hashes_of(request.app.state.service, subject))
    messages = await _rows(session, Message, theirs, without={"number_hash"})
    ids = select(col(Message.id)).where(theirs)
    return {"messages": messages, "replies": await _rows(session, Reply, col(Reply.message_id).in_(ids))}


async def _rows(
    session: ReadSession, table: type[RowModel], *where: ColumnElement[bool], without: Collection[str] = ()
) -> list[dict[str, Any]]:
    rows = await session.scalars(select(table).where(*where))
    return [row.model_dump(mode="json", exclude=set(without)) for row in rows]
