from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.documents.schemas import DocumentView
from vetagenda_agenda.documents.tables import Document
from vetagenda_agenda.partners.seen import activation_of, connected_owners
from vetagenda_agenda.tables import Animal
from vetagenda_kit.caller import Caller
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound


def sees_unshared(caller: Caller) -> bool:
    """Who works in the practice's agenda sees all documents, an app that acts for owners the shared ones."""
    return caller.may("agenda:read")


def view(row: Document) -> DocumentView:
    return DocumentView.model_validate({**row.model_dump(), "shared": row.shared_at is not None})


async def one(
    session: AsyncSession, practice_id: UUID, document_id: UUID, caller: Caller, *, lock: bool = False
) -> Document:
    """Raises NotFound, also for a document that this caller may not see, and PartnerNotActivated."""
    await activation_of(session, practice_id, caller.actor)
    row = await session.get(Document, document_id, with_for_update=True if lock else None)
    if row is None or row.practice_id != practice_id:
        raise NotFound("there is no such document")
    if row.shared_at is None and not sees_unshared(caller):
        raise NotFound("there is no such document")
    if caller.actor.partner_id is not None and not await _is_of_connected(session, row, caller):
        raise NotFound("there is no such document")
    return row


def _of_connected(practice_id: UUID, partner_id: UUID) -> ColumnElement[bool]:
    """Those in the records of the partner's connected owners and of their animals."""
    owners = connected_owners(practice_id, partner_id)
    animals = select(col(Animal.id)).where(col(Animal.owner_id).in_(owners))
    return or_(col(Document.owner_id).in_(owners), col(Document.animal_id).in_(animals))


async def _is_of_connected(session: AsyncSession, row: Document, caller: Caller) -> bool:
    assert caller.actor.partner_id is not None
    theirs = _of_connected(row.practice_id, caller.actor.partner_id)
    query = select(col(Document.id)).where(col(Document.id) == row.id, theirs)
    return (await session.scalars(query)).first() is not None


async def page(
    session: AsyncSession,
    practice_id: UUID,
    caller: Caller,
    paging: PageRequest,
    *,
    owner_id: UUID | None,
    animal_id: UUID | None,
) -> Page[DocumentView]:
    """In the order of upload; an owner's are also those of the owner's animals. Raises
    PartnerNotActivated."""
    await activation_of(session, practice_id, caller.actor)
    query = select(Document).where(col(Document.practice_id) == practice_id)
    if not sees_unshared(caller):
        query = query.where(col(Document.shared_at).is_not(None))
    if caller.actor.partner_id is not None:
        query = query.where(_of_connected(practice_id, caller.actor.partner_id))
    if owner_id:
        animals = select(col(Animal.id)).where(col(Animal.owner_id) == owner_id)
        query = query.where(or_(col(Document.owner_id) == owner_id, col(Document.animal_id).in_(animals)))
    if animal_id:
        query = query.where(col(Document.animal_id) == animal_id)
    if last := paging.after_id():
        query = query.where(col(Document.id) > last)
    found = await session.scalars(query.order_by(col(Document.id)).limit(paging.reach))
    rows, following = paging.cut(found.all())
    return Page(items=[view(row) for row in rows], next=following)
