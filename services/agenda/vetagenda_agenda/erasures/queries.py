"""What is one owner's in the agenda."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.documents.tables import Document
from vetagenda_agenda.erasures.tables import Erasure
from vetagenda_agenda.partners.tables import PartnerInvitation
from vetagenda_agenda.phones import e164
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.tables import Animal, Appointment, Change, Owner
from vetagenda_agenda.waitlist.tables import WaitlistEntry
from vetagenda_kit.problems import NotFound


async def owner(session: AsyncSession, practice_id: UUID, owner_id: UUID) -> Owner:
    """Also a deleted one: deleting is not erasing. Raises NotFound."""
    found = await session.get(Owner, owner_id)
    if found is None or found.practice_id != practice_id:
        raise NotFound("there is no such owner")
    return found


async def erasure(session: AsyncSession, practice_id: UUID, owner_id: UUID) -> Erasure | None:
    query = select(Erasure).where(col(Erasure.practice_id) == practice_id, col(Erasure.owner_id) == owner_id)
    return (await session.scalars(query)).first()


async def animals(session: AsyncSession, owner_id: UUID) -> Sequence[Animal]:
    query = select(Animal).where(col(Animal.owner_id) == owner_id).order_by(col(Animal.id))
    return (await session.scalars(query)).all()


async def documents(session: AsyncSession, owner_id: UUID, animal_ids: list[UUID]) -> Sequence[Document]:
    theirs = or_(col(Document.owner_id) == owner_id, col(Document.animal_id).in_(animal_ids))
    return (await session.scalars(select(Document).where(theirs).order_by(col(Document.id)))).all()


async def invitations(session: AsyncSession, owner_id: UUID) -> Sequence[PartnerInvitation]:
    query = select(PartnerInvitation).where(col(PartnerInvitation.owner_id) == owner_id)
    return (await session.scalars(query.order_by(col(PartnerInvitation.id)))).all()


async def entries(session: AsyncSession, owner_id: UUID) -> Sequence[WaitlistEntry]:
    query = select(WaitlistEntry).where(col(WaitlistEntry.owner_id) == owner_id)
    return (await session.scalars(query.order_by(col(WaitlistEntry.id)))).all()


async def appointments(
    session: AsyncSession, owner: Owner, *, also: Collection[UUID] = (), lock: bool = False
) -> list[Appointment]:
    """Those that name the owner, those typed without an owner with a telephone number that is theirs and
    nobody else's, and `also` these, in which they were to be called back."""
    theirs = await numbers(session, owner)
    typed = and_(col(Appointment.owner_id).is_(None), col(Appointment.phone).is_not(None))
    query = select(Appointment).where(
        col(Appointment.practice_id) == owner.practice_id,
        or_(
            col(Appointment.owner_id) == owner.id,
            typed if theirs else false(),
            col(Appointment.id).in_(also),
        ),
    )
    query = query.order_by(col(Appointment.id))
    found = (await session.scalars(query.with_for_update() if lock else query)).all()
    practice = await practices.practice(session, owner.practice_id)
    return [
        each
        for each in found
        if each.owner_id == owner.id or each.id in also or e164(each.phone, practice.country) in theirs
    ]


async def numbers(session: AsyncSession, owner: Owner) -> frozenset[str]:
    """The telephone numbers (E.164) that are or were the owner's and are nobody else's now."""
    theirs = {owner.phone_e164} if owner.phone_e164 else set()
    former = select(col(Change.before)["phone_e164"].astext).where(
        col(Change.subject_id) == owner.id, col(Change.kind) == "owner"
    )
    theirs |= {each for each in await session.scalars(former) if each}
    others = select(col(Owner.phone_e164)).where(
        col(Owner.practice_id) == owner.practice_id,
        col(Owner.phone_e164).in_(theirs),
        col(Owner.id) != owner.id,
    )
    return frozenset(theirs - set(await session.scalars(others)) if theirs else ())
