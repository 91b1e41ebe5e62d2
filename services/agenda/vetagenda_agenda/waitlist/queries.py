from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.waitlist.schemas import OfferView, WaitlistEntryView
from vetagenda_agenda.waitlist.tables import Offer, WaitlistEntry
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound


async def entry(
    session: AsyncSession, practice_id: UUID, entry_id: UUID, *, lock: bool = False
) -> WaitlistEntry:
    """Raises NotFound."""
    row = await session.get(WaitlistEntry, entry_id, with_for_update=True if lock else None)
    if row is None or row.practice_id != practice_id or row.deleted_at is not None:
        raise NotFound("there is no such entry")
    return row


async def offer_to(session: AsyncSession, entry: WaitlistEntry, offer_id: UUID) -> Offer:
    """Under a lock. Raises NotFound."""
    row = await session.get(Offer, offer_id, with_for_update=True)
    if row is None or row.entry_id != entry.id:
        raise NotFound("there is no such offer")
    return row


async def views(session: AsyncSession, rows: list[WaitlistEntry]) -> list[WaitlistEntryView]:
    query = select(Offer).where(
        col(Offer.entry_id).in_([row.id for row in rows]), col(Offer.status) == "open"
    )
    offers = {offer.entry_id: offer for offer in await session.scalars(query)}
    return [
        WaitlistEntryView.model_validate(
            {
                **row.model_dump(),
                "offer": OfferView.model_validate(offers[row.id]) if row.id in offers else None,
            }
        )
        for row in rows
    ]


async def page(
    session: AsyncSession, practice_id: UUID, paging: PageRequest, status: str | None
) -> Page[WaitlistEntryView]:
    """Who came first stands first."""
    query = select(WaitlistEntry).where(
        col(WaitlistEntry.practice_id) == practice_id, col(WaitlistEntry.deleted_at).is_(None)
    )
    if status:
        query = query.where(col(WaitlistEntry.status) == status)
    if last := paging.after_id():
        query = query.where(col(WaitlistEntry.id) > last)
    found = await session.scalars(query.order_by(col(WaitlistEntry.id)).limit(paging.reach))
    rows, following = paging.cut(found.all())
    return Page(items=await views(session, rows), next=following)
