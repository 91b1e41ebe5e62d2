"""Offers expire: by the system clock in live practices, by the virtual one in test practices."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_agenda.tables import Practice
from vetagenda_agenda.waitlist import commands
from vetagenda_agenda.waitlist.tables import Offer
from vetagenda_kit.clock import system_now
from vetagenda_kit.jobs import Job, VirtualTime
from vetagenda_kit.service import Service

_AT_ONCE = 500


async def expire_live_offers(service: Service) -> None:
    now = system_now()
    async with service.db.jobs_reading() as session:
        query = (
            select(col(Offer.id), col(Offer.practice_id))
            .join(Practice, col(Practice.id) == col(Offer.practice_id))
            .where(col(Offer.status) == "open", col(Offer.expires_at) <= now, ~col(Practice.test))
            .order_by(col(Offer.expires_at))
            .limit(_AT_ONCE)
        )
        due = (await session.execute(query)).all()
    for offer_id, practice_id in due:
        async with service.db.writing([practice_id]) as writing:
            await commands.expire(writing, offer_id, now)


async def run_due(service: Service, practice_id: UUID, until: datetime) -> list[str]:
    async with service.db.reading([practice_id]) as session:
        query = select(col(Offer.id)).where(
            col(Offer.practice_id) == practice_id,
            col(Offer.status) == "open",
            col(Offer.expires_at) <= until,
        )
        due = (await session.scalars(query.order_by(col(Offer.expires_at)))).all()
    ran = []
    for offer_id in due:
        async with service.db.writing([practice_id]) as writing:
            if await commands.expire(writing, offer_id, until):
                ran.append(f"offer {offer_id} expired")
    return ran


async def next_due(service: Service, practice_id: UUID) -> datetime | None:
    async with service.db.reading([practice_id]) as session:
        query = select(func.min(col(Offer.expires_at))).where(
            col(Offer.practice_id) == practice_id, col(Offer.status) == "open"
        )
        return await session.scalar(query)


EXPIRE_OFFERS = Job("waitlist-offers", timedelta(seconds=10), expire_live_offers)
VIRTUAL_TIME = VirtualTime(next_due=next_due, run_due=run_due)
