"""Selects of subscriptions and of what is to be delivered."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import ReadSession
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_reminders.tables import Administration, Product, Reminder
from vetagenda_reminders.web_push.schemas import SubscriptionView
from vetagenda_reminders.web_push.tables import DeliveryStatus, PushDelivery, PushSubscription


async def page(session: ReadSession, owner_id: UUID | None, paging: PageRequest) -> Page[SubscriptionView]:
    key = col(PushSubscription.id)
    query = select(PushSubscription).order_by(key).limit(paging.reach)
    if owner_id is not None:
        query = query.where(col(PushSubscription.owner_id) == owner_id)
    if last := paging.after_id():
        query = query.where(key > last)
    shown, following = paging.cut((await session.scalars(query)).all())
    return Page(items=[SubscriptionView.of(row) for row in shown], next=following)


def due(practice_id: UUID | None = None) -> Select[PushDelivery]:
    """What nobody works on, the longest waiting first; also what a crash left half done."""
    open_ones = (DeliveryStatus.PLANNED, DeliveryStatus.SENDING)
    free = or_(col(PushDelivery.leased_until).is_(None), col(PushDelivery.leased_until) <= system_now())
    query = select(PushDelivery).where(col(PushDelivery.status).in_(open_ones), free)
    if practice_id is not None:
        query = query.where(col(PushDelivery.practice_id) == practice_id)
    return query.order_by(col(PushDelivery.recorded_at))


async def told(session: ReadSession, deliveries: Collection[PushDelivery]) -> dict[UUID, Reminder]:
    ids = {one.reminder_id for one in deliveries}
    query = select(Reminder).where(col(Reminder.id).in_(ids))
    return {row.id: row for row in await session.scalars(query)}


async def products(session: ReadSession, rows: Collection[Reminder]) -> dict[UUID, str]:
    """By administration, the name of what was given."""
    ids = {row.administration_id for row in rows if row.administration_id}
    if not ids:
        return {}
    name = func.coalesce(col(Product.name), col(Administration.product_name), "")
    query = (
        select(col(Administration.id), name)
        .outerjoin(Product, col(Product.id) == col(Administration.product_id))
        .where(col(Administration.id).in_(ids))
    )
    return {row[0]: row[1] for row in (await session.execute(query)).all()}


async def browsers(
    session: ReadSession, deliveries: Collection[PushDelivery]
) -> dict[UUID, PushSubscription]:
    ids = {one.subscription_id for one in deliveries}
    query = select(PushSubscription).where(col(PushSubscription.id).in_(ids))
    return {row.id: row for row in await session.scalars(query)}
