"""An animal comes early: the older reminders of what was just renewed would mislead its owner (REM-11)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ledger import commands as ledger
from vetagenda_reminders.ledger.vocabulary import WAITING, Status
from vetagenda_reminders.preferences.queries import chosen
from vetagenda_reminders.tables import Administration, Product, Reminder


async def earlier(
    session: WriteSession, product: Product, animal_id: UUID, before: UUID | None
) -> list[Reminder]:
    """What still waits of the same product or act, or of its family, for this animal, locked; with `before`
    that of older administrations. Nothing when the practice has switched the check off."""
    settings, _version = await chosen(session, product.practice_id)
    if not settings.check_earlier:
        return []
    return list(await session.scalars(_waiting(animal_id, _same(product), before)))


def withdraw(session: WriteSession, rows: Iterable[Reminder], practice: PracticeFacts, actor: Actor) -> None:
    """A person wants them out of the ledger: nothing plans them again."""
    cancel(session, rows, practice.now or system_now(), actor)


def cancel(session: WriteSession, rows: Iterable[Reminder], now: datetime, actor: Actor) -> None:
    for row in rows:
        ledger.finish(session, row, Status.CANCELLED, now, actor)


async def withdraw_later(
    session: WriteSession, administration_id: UUID, now: datetime, actor: Actor
) -> list[Reminder]:
    """The later answer to what recording an administration asked. Raises NotFound."""
    administration = await session.get(Administration, administration_id)
    if administration is None:
        raise NotFound("there is no such administration")
    product = await session.get(Product, administration.product_id)
    if product is None:
        return []
    rows = await earlier(session, product, administration.animal_id, administration.id)
    cancel(session, rows, now, actor)
    return rows


def _same(product: Product) -> ColumnElement[bool]:
    family = (product.family or "").strip().lower()
    if not family:
        return col(Administration.product_id) == product.id
    related = select(col(Product.id)).where(func.lower(func.btrim(col(Product.family))) == family)
    return or_(col(Administration.product_id) == product.id, col(Administration.product_id).in_(related))


def _waiting(animal_id: UUID, same: ColumnElement[bool], before: UUID | None) -> Select[Reminder]:
    query = (
        select(Reminder)
        .join(Administration, col(Administration.id) == col(Reminder.administration_id))
        .where(col(Administration.animal_id) == animal_id, same, col(Reminder.status).in_(WAITING))
        .order_by(col(Reminder.id))
        .with_for_update(of=Reminder)
    )
    return query if before is None else query.where(col(Administration.id) < before)
