"""Selects of owners with their animals."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.appointments.rules import LIVING
from vetagenda_agenda.desk.contacts.schemas import ContactAnimal, ContactView, ContactVisit
from vetagenda_agenda.tables import Animal, Appointment, Owner
from vetagenda_kit.pages import Page, PageRequest

MOST = 20
"""More people do not share a telephone."""


async def page(
    session: AsyncSession, practice_ids: Collection[UUID], paging: PageRequest, q: str
) -> Page[ContactView]:
    """In the order of creation, whichever of the practices they are of."""
    query = select(Owner).where(
        col(Owner.practice_id).in_(practice_ids),
        col(Owner.deleted_at).is_(None),
        *(col(Owner.search).contains(word, autoescape=True) for word in q.lower().split()),
    )
    if last := paging.after_id():
        query = query.where(col(Owner.id) > last)
    found = await session.scalars(query.order_by(col(Owner.id)).limit(paging.reach))
    rows, following = paging.cut(found.all())
    return Page(items=await views(session, rows), next=following)


async def by_number(session: AsyncSession, practice_ids: Collection[UUID], number: str) -> list[ContactView]:
    query = select(Owner).where(
        col(Owner.practice_id).in_(practice_ids),
        col(Owner.deleted_at).is_(None),
        col(Owner.phone_e164) == number,
    )
    return await views(session, (await session.scalars(query.order_by(col(Owner.id)).limit(MOST))).all())


async def views(session: AsyncSession, owners: Sequence[Owner]) -> list[ContactView]:
    """One more statement for the animals of all."""
    query = select(Animal).where(
        col(Animal.owner_id).in_([each.id for each in owners]),
        col(Animal.deleted_at).is_(None),
        col(Animal.deceased_on).is_(None),
    )
    animals: dict[UUID, list[ContactAnimal]] = defaultdict(list)
    for animal in await session.scalars(query.order_by(col(Animal.id))) if owners else ():
        animals[animal.owner_id].append(ContactAnimal.model_validate(animal))
    return [
        ContactView.model_validate({**owner.model_dump(), "owner_id": owner.id, "animals": animals[owner.id]})
        for owner in owners
    ]


async def visits_to_come(
    session: AsyncSession, owner_ids: Collection[UUID], now: datetime
) -> dict[UUID, list[ContactVisit]]:
    """By owner, the next first."""
    query = select(Appointment).where(
        col(Appointment.owner_id).in_(owner_ids),
        col(Appointment.status).in_(LIVING),
        col(Appointment.end) > now,
    )
    found: dict[UUID, list[ContactVisit]] = defaultdict(list)
    for row in (
        await session.scalars(query.order_by(col(Appointment.start)).limit(5 * MOST)) if owner_ids else ()
    ):
        assert row.owner_id is not None
        visit = ContactVisit.model_validate({**row.model_dump(), "appointment_id": row.id})
        found[row.owner_id].append(visit)
    return found
