"""All that changes rules and products."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import (
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    RuleCreated,
    RuleDeleted,
    RuleUpdated,
)
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import Conflict
from vetagenda_reminders import records
from vetagenda_reminders.products.schemas import NewProduct, NewRule, ProductChange, Repetition, RuleChange
from vetagenda_reminders.tables import Product, ReminderRule, Template, Tenant


class RuleInUse(Conflict):
    code = "rule-in-use"
    title = "A product offers this reminder rule"


async def create_rule(session: WriteSession, practice_id: UUID, new: NewRule, actor: Actor) -> ReminderRule:
    await _check_template(session, new.template_id)
    rule = ReminderRule(
        id=uuid7(),
        practice_id=practice_id,
        name=new.name,
        offset_count=new.offset.count,
        offset_unit=new.offset.unit,
        anchor=new.anchor,
        days_before=new.days_before,
        channels=[channel.value for channel in new.channels],
        template_id=new.template_id,
        **_repeated(new.recurrence),
    )
    session.add(rule)
    _tell(session, RuleCreated, rule, actor)
    return rule


async def change_rule(
    session: WriteSession, rule_id: UUID, wanted: RuleChange, actor: Actor, expected: int | None
) -> ReminderRule:
    rule = await records.to_change(session, ReminderRule, rule_id, expected)
    await _check_template(session, wanted.template_id)
    given = wanted.model_fields_set
    for name in given & {"name", "anchor", "days_before", "template_id"}:
        setattr(rule, name, getattr(wanted, name))
    if wanted.offset is not None:
        rule.offset_count, rule.offset_unit = wanted.offset.count, wanted.offset.unit
    if wanted.channels is not None:
        rule.channels = [channel.value for channel in wanted.channels]
    if "recurrence" in given:
        for name, value in _repeated(wanted.recurrence).items():
            setattr(rule, name, value)
    _tell(session, RuleUpdated, rule, actor)
    return rule


async def delete_rule(session: WriteSession, rule_id: UUID, actor: Actor, expected: int | None) -> None:
    rule = await records.to_change(session, ReminderRule, rule_id, expected)
    query = select(Product).where(col(Product.rule_ids).contains([rule_id])).limit(1)
    if (await session.scalars(query)).first() is not None:
        raise RuleInUse()
    await session.delete(rule)
    _tell(session, RuleDeleted, rule, actor)


async def create_product(session: WriteSession, practice_id: UUID, new: NewProduct, actor: Actor) -> Product:
    await records.known(session, ReminderRule, new.rule_ids, "/rule_ids")
    product = Product(id=uuid7(), practice_id=practice_id, **new.model_dump())
    session.add(product)
    _tell(session, ProductCreated, product, actor)
    return product


async def change_product(
    session: WriteSession, product_id: UUID, wanted: ProductChange, actor: Actor, expected: int | None
) -> Product:
    product = await records.to_change(session, Product, product_id, expected)
    await records.known(session, ReminderRule, wanted.rule_ids or [], "/rule_ids")
    for name, value in wanted.model_dump(exclude_unset=True).items():
        setattr(product, name, value)
    _tell(session, ProductUpdated, product, actor)
    return product


async def delete_product(session: WriteSession, product_id: UUID, actor: Actor, expected: int | None) -> None:
    """Reminders of what was given remain: they are about the animal, not about the catalogue."""
    product = await records.to_change(session, Product, product_id, expected)
    await session.delete(product)
    _tell(session, ProductDeleted, product, actor)


async def _check_template(session: WriteSession, template_id: UUID | None) -> None:
    await records.known(session, Template, [template_id] if template_id else [], "/template_id")


def _repeated(recurrence: Repetition | None) -> dict[str, Any]:
    if recurrence is None:
        return {"every_count": None, "every_unit": None, "sends": None}
    every = recurrence.every
    return {"every_count": every.count, "every_unit": every.unit, "sends": recurrence.count}


_Told = (
    type[RuleCreated]
    | type[RuleUpdated]
    | type[RuleDeleted]
    | type[ProductCreated]
    | type[ProductUpdated]
    | type[ProductDeleted]
)


def _tell(session: WriteSession, kind: _Told, record: Tenant, actor: Actor) -> None:
    said = kind(practice_id=record.practice_id, actor=actor, aggregate_id=record.id, version=record.version)
    outbox.add(session, said)
