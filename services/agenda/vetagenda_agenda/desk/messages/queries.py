"""Selects of messages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.desk.messages.rules import TASKS, Filter, MessageKind, Shown, subject
from vetagenda_agenda.desk.settings import queries as settings
from vetagenda_agenda.desk.settings.commands import addresses
from vetagenda_agenda.desk.tables import Message
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.tables import Owner
from vetagenda_kit.pages import PageRequest
from vetagenda_kit.problems import NotFound

_IS_READ, _IS_DONE = col(Message.read_at).is_not(None), col(Message.done_at).is_not(None)
_IS_TASK = col(Message.kind).in_(TASKS)
_SHOWS: dict[Filter, tuple[ColumnElement[bool], ...]] = {
    Filter.ALL: (),
    Filter.READ: (_IS_READ,),
    Filter.UNREAD: (~_IS_READ,),
    Filter.TO_DO: (_IS_TASK, ~_IS_DONE),
    Filter.DONE: (_IS_TASK, _IS_DONE),
}
"""Only a task can be to do."""


def _visible(practice_id: UUID, practice_ids: Sequence[UUID]) -> tuple[ColumnElement[bool], ...]:
    """The practice's own, and of who shares with it what is not private."""
    return (
        col(Message.practice_id).in_(practice_ids),
        or_(col(Message.practice_id) == practice_id, ~col(Message.private)),
        col(Message.deleted_at).is_(None),
    )


async def page(
    session: AsyncSession,
    practice_id: UUID,
    practice_ids: Sequence[UUID],
    paging: PageRequest,
    shown: Shown,
    kind: MessageKind | None,
) -> tuple[list[Message], str | None]:
    """The newest first."""
    query = select(Message).where(*_visible(practice_id, practice_ids), *_SHOWS[shown.filter])
    if shown.hide_done:
        query = query.where(~_IS_DONE)
    if shown.hide_read:
        query = query.where(~_IS_READ)
    if kind is not None:
        query = query.where(col(Message.kind) == kind)
    if last := paging.after_id():
        query = query.where(col(Message.id) < last)
    found = await session.scalars(query.order_by(col(Message.id).desc()).limit(paging.reach))
    return paging.cut(found.all())


async def one(
    session: AsyncSession,
    practice_id: UUID,
    practice_ids: Sequence[UUID],
    message_id: UUID,
    *,
    lock: bool = False,
) -> Message:
    """Raises NotFound, also for another practice's that is private or not shared."""
    query = select(Message).where(col(Message.id) == message_id, *_visible(practice_id, practice_ids))
    found = (await session.scalars(query.with_for_update() if lock else query)).first()
    if found is None:
        raise NotFound("there is no such message")
    return found


async def facts(session: AsyncSession, practice_id: UUID, message_ids: Sequence[UUID]) -> dict[str, Any]:
    """What reminders need to tell the practice of them: asked for at the moment of telling, kept nowhere."""
    practice = await practices.practice(session, practice_id)
    choices, _version = await settings.chosen(session, practice_id)
    query = select(Message, Owner).outerjoin(Owner, col(Owner.id) == col(Message.owner_id))
    query = query.where(col(Message.id).in_(message_ids), col(Message.practice_id) == practice_id)
    said, places = choices.messages, addresses(choices, practice)
    items = []
    for row, owner in await session.execute(query):
        contact = row.contact_name or (f"{owner.given_name} {owner.family_name}".strip() if owner else "")
        items.append(
            {
                **row.model_dump(mode="json", include=_TOLD),
                "deleted": row.deleted_at is not None,
                "contact_name": contact,
                "contact_phone": row.contact_phone or (owner.phone if owner else None),
                **places,
                "email_subject": subject(said.email_subject, contact=contact, about=row.subject),
                "email_header": said.email_header,
                "email_footer": said.email_footer,
            }
        )
    return {"practice": practices.facts(practice).model_dump(mode="json"), "items": items}


_TOLD = {"id", "version", "kind", "private", "subject", "text", "posted_at", "due_at", "notify", "owner_id"}
