"""Reading endpoints and what became of their messages."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_gateway.partners.sight import shown, sight
from vetagenda_gateway.tables import webhook_attempt, webhook_delivery, webhook_endpoint
from vetagenda_gateway.webhooks.rules import Status
from vetagenda_gateway.webhooks.schemas import (
    AttemptView,
    DeliveryView,
    DeliveryWithAttempts,
    EndpointView,
)
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound


async def page(
    session: AsyncSession, practice_id: UUID, paging: PageRequest, *, of: UUID | None
) -> Page[EndpointView]:
    """Those of a partner, if one is given."""
    query = _with_waiting().where(webhook_endpoint.c.practice_id == practice_id, *_only(of))
    if last := paging.after_id():
        query = query.where(webhook_endpoint.c.id > last)
    query = query.order_by(webhook_endpoint.c.id).limit(paging.reach)
    rows, following = paging.cut((await session.execute(query)).all())
    return Page(items=[view(row) for row in rows], next=following)


async def one(
    session: AsyncSession,
    practice_id: UUID,
    endpoint_id: UUID,
    *,
    of: UUID | None = None,
    lock: bool = False,
) -> Row[Any]:
    """Raises NotFound, also for another's than the partner's, if one is given."""
    if lock:
        held = select(webhook_endpoint.c.id).where(webhook_endpoint.c.id == endpoint_id).with_for_update()
        await session.execute(held)
    query = _with_waiting().where(
        webhook_endpoint.c.practice_id == practice_id, webhook_endpoint.c.id == endpoint_id, *_only(of)
    )
    found: Row[Any] | None = (await session.execute(query)).first()
    if found is None:
        raise NotFound("there is no such webhook endpoint")
    return found


def _only(partner_id: UUID | None) -> list[ColumnElement[bool]]:
    return [] if partner_id is None else [webhook_endpoint.c.partner_id == partner_id]


def _with_waiting() -> Select[Any]:
    waiting = select(func.count()).where(
        webhook_delivery.c.endpoint_id == webhook_endpoint.c.id, webhook_delivery.c.status == "waiting"
    )
    return select(webhook_endpoint, waiting.scalar_subquery().label("waiting"))


def view(row: Row[Any]) -> EndpointView:
    return EndpointView.model_validate({**row._mapping, "former_secret_until": row.former_until})


_NO_EVENT = 2**62
"""The place of a test among the messages of its instant."""


def _place(row: Row[Any]) -> tuple[str, int, UUID]:
    return row.created_at.isoformat(), _NO_EVENT if row.sequence is None else row.sequence, row.id


async def deliveries(
    session: AsyncSession, endpoint_id: UUID, paging: PageRequest, status: Status | None
) -> Page[DeliveryView]:
    """The newest first; of one instant, the one later in the feed."""
    query = select(webhook_delivery).where(webhook_delivery.c.endpoint_id == endpoint_id)
    if status:
        query = query.where(webhook_delivery.c.status == status)
    number = func.coalesce(webhook_delivery.c.sequence, _NO_EVENT)
    place = tuple_(webhook_delivery.c.created_at, number, webhook_delivery.c.id)
    if last := paging.after_moment_number_id():
        query = query.where(place < last)
    rows, following = paging.cut(
        (await session.execute(query.order_by(place.desc()).limit(paging.reach))).all(), _place
    )
    return Page(items=[DeliveryView.model_validate(row) for row in rows], next=following)


async def delivery(session: AsyncSession, endpoint_id: UUID, delivery_id: UUID) -> DeliveryWithAttempts:
    """Raises NotFound."""
    query = select(webhook_delivery).where(
        webhook_delivery.c.endpoint_id == endpoint_id, webhook_delivery.c.id == delivery_id
    )
    found = (await session.execute(query)).first()
    if found is None:
        raise NotFound("there is no such delivery")
    log = [AttemptView.model_validate(each) for each in await _attempts(session, delivery_id)]
    told = {**found._mapping, "log": log, "event": await content(session, found)}
    return DeliveryWithAttempts.model_validate(told)


async def _attempts(session: AsyncSession, delivery_id: UUID) -> Sequence[Row[Any]]:
    query = select(webhook_attempt).where(webhook_attempt.c.delivery_id == delivery_id)
    rows: Sequence[Row[Any]] = (await session.execute(query.order_by(webhook_attempt.c.number))).all()
    return rows


_CONTENT = text(f"""
    SELECT event, CASE WHEN endpoint.partner_id IS NULL THEN 'whole'
        ELSE {sight("event", "feed_event.practice_id", "endpoint.partner_id")} END AS sight
    FROM feed_event JOIN webhook_endpoint AS endpoint ON endpoint.id = :endpoint_id
    WHERE feed_event.practice_id = :practice_id AND sequence = :sequence
""")


async def content(session: AsyncSession, delivery: Row[Any]) -> dict[str, Any] | None:
    """What is posted: the event as it stands in the feed, with its number. None when it is forgotten, or when
    its partner sees it no more."""
    if delivery.event is not None:
        return dict(delivery.event)
    asked = {"practice_id": delivery.practice_id, "endpoint_id": delivery.endpoint_id}
    row = (await session.execute(_CONTENT, asked | {"sequence": delivery.sequence})).first()
    if row is None or row.sight is None:
        return None
    return {"sequence": delivery.sequence, **shown(row.event, row.sight)}
