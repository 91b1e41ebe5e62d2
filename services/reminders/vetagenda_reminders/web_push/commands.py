"""Browsers subscribe and are forgotten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import PushSubscribed, PushUnsubscribed
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.web_push.schemas import NewSubscription
from vetagenda_reminders.web_push.tables import DeliveryStatus, PushDelivery, PushSubscription

MOST = 20
"""Browsers of one owner; the one that has not been renewed for longest goes."""


async def subscribe(
    session: WriteSession, practice_id: UUID, wanted: NewSubscription, now: datetime, actor: Actor
) -> tuple[PushSubscription, bool]:
    """The subscription, and whether it is a new one. A browser that somebody else used before tells that
    person nothing any more."""
    fresh = uuid7()
    given = {
        "owner_id": wanted.owner_id,
        "p256dh": wanted.keys.p256dh,
        "auth": wanted.keys.auth,
        "locale": wanted.locale,
        "subscribed_at": now,
    }
    first = {"id": fresh, "practice_id": practice_id, "version": 1, "endpoint": wanted.endpoint}
    await session.execute(insert(PushSubscription).values(first | given).on_conflict_do_nothing())
    row = (await session.scalars(_by_endpoint(practice_id, wanted.endpoint))).one()
    made = row.id == fresh
    if not made:
        await _renew(session, row, given)
    await _keep_the_latest(session, row, actor)
    told = PushSubscribed(
        practice_id=practice_id, actor=actor, aggregate_id=row.id, version=row.version, owner_id=row.owner_id
    )
    outbox.add(session, told)
    return row, made


def _by_endpoint(practice_id: UUID, endpoint: str) -> Select[PushSubscription]:
    return (
        select(PushSubscription)
        .where(col(PushSubscription.practice_id) == practice_id, col(PushSubscription.endpoint) == endpoint)
        .with_for_update()
    )


async def _renew(session: WriteSession, row: PushSubscription, given: dict[str, object]) -> None:
    if row.owner_id != given["owner_id"]:
        await _drop_waiting(session, row.id)
    for name, value in given.items():
        setattr(row, name, value)
    row.version += 1


async def _drop_waiting(session: WriteSession, subscription_id: UUID) -> None:
    waiting = delete(PushDelivery).where(
        col(PushDelivery.subscription_id) == subscription_id,
        col(PushDelivery.status) == DeliveryStatus.PLANNED,
    )
    await session.execute(waiting)


async def _keep_the_latest(session: WriteSession, newest: PushSubscription, actor: Actor) -> None:
    await session.flush()
    others = (
        select(PushSubscription)
        .where(
            col(PushSubscription.practice_id) == newest.practice_id,
            col(PushSubscription.owner_id) == newest.owner_id,
            col(PushSubscription.id) != newest.id,
        )
        .order_by(col(PushSubscription.subscribed_at).desc(), col(PushSubscription.id).desc())
        .offset(MOST - 1)
    )
    for row in await session.scalars(others):
        await end(session, row, actor)


async def unsubscribe(session: WriteSession, subscription_id: UUID, actor: Actor) -> None:
    """Raises NotFound."""
    row = await session.get(PushSubscription, subscription_id, with_for_update=True)
    if row is None:
        raise NotFound("there is no such subscription")
    await end(session, row, actor)


async def end(session: WriteSession, row: PushSubscription, actor: Actor) -> None:
    await session.delete(row)
    await _drop_waiting(session, row.id)
    told = PushUnsubscribed(
        practice_id=row.practice_id,
        actor=actor,
        aggregate_id=row.id,
        version=row.version + 1,
        owner_id=row.owner_id,
    )
    outbox.add(session, told)


async def forget_owner(session: WriteSession, owner_id: UUID) -> None:
    """What waits for their browsers finds none, and says so."""
    await session.execute(delete(PushSubscription).where(col(PushSubscription.owner_id) == owner_id))
