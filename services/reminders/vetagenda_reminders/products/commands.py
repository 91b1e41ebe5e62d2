"""Reminder rules and products as records: what is stored, what they refer to, what keeps one."""

from typing import Any

from sqlalchemy import exists, select, update
from sqlmodel import col

from vetagenda_contracts.reminders import (
    ActCreated,
    ActDeleted,
    ActUpdated,
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    RuleCreated,
    RuleDeleted,
    RuleUpdated,
)
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import Conflict
from vetagenda_reminders.products.rules import Kind
from vetagenda_reminders.products.schemas import (
    NewProduct,
    NewRule,
    ProductChange,
    ProductView,
    Repetition,
    RuleChange,
    RuleView,
    SpanOf,
)
from vetagenda_reminders.records import queries
from vetagenda_reminders.records.resource import Fields, Resource, never_used
from vetagenda_reminders.tables import Administration, Product, ReminderRule, Template
from vetagenda_reminders.visits.marking import look_again


class RuleInUse(Conflict):
    code = "rule-in-use"
    title = "A product or act offers this reminder rule"


def _rule_columns(fields: Fields) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, value in fields.items():
        match name, value:
            case "offset", SpanOf():
                columns |= {"offset_count": value.count, "offset_unit": value.unit}
            case "recurrence", _:
                columns |= _repeated(value)
            case "channels", _:
                columns[name] = [channel.value for channel in value]
            case _:
                columns[name] = value
    return columns


def _repeated(recurrence: Repetition | None) -> dict[str, Any]:
    if recurrence is None:
        return {"every_count": None, "every_unit": None, "sends": None}
    every = recurrence.every
    return {"every_count": every.count, "every_unit": every.unit, "sends": recurrence.count}


async def _check_template(session: WriteSession, fields: Fields) -> None:
    template_id = fields.get("template_id")
    await queries.known(session, Template, [template_id] if template_id else [], "/template_id")


async def _is_offered(session: WriteSession, rule: ReminderRule) -> bool:
    return bool(await session.scalar(select(exists().where(col(Product.rule_ids).contains([rule.id])))))


async def _check_rules(session: WriteSession, fields: Fields) -> None:
    await queries.known(session, ReminderRule, fields.get("rule_ids", []), "/rule_ids")


async def _keep_name(session: WriteSession, product: Product) -> None:
    """What was given is named in the reminders that are still to come, in the words of its category."""
    of_it = update(Administration).where(
        col(Administration.practice_id) == product.practice_id, col(Administration.product_id) == product.id
    )
    named = of_it.values(product_name=product.name, product_category=product.category)
    await session.execute(named.execution_options(synchronize_session=False))


RULES = Resource(
    noun="reminder_rule",
    path="reminder-rules",
    table=ReminderRule,
    new=NewRule,
    change=RuleChange,
    view=RuleView,
    shown=RuleView.of,
    created=RuleCreated,
    updated=RuleUpdated,
    deleted=RuleDeleted,
    check=_check_template,
    is_used=_is_offered,
    in_use=RuleInUse,
    columns=_rule_columns,
    followed=look_again,
    making="When reminders of a product or act are due, how often, and by which channels.",
)

PRODUCTS = Resource(
    noun="product",
    path="products",
    table=Product,
    new=NewProduct,
    change=ProductChange,
    view=ProductView,
    shown=ProductView.model_validate,
    created=ProductCreated,
    updated=ProductUpdated,
    deleted=ProductDeleted,
    check=_check_rules,
    # Reminders of what was given remain: they are about the animal, not about the catalogue.
    is_used=never_used,
    fixed={"kind": Kind.PRODUCT},
    followed=look_again,
    parted=_keep_name,
)

ACTS = Resource(
    noun="act",
    path="acts",
    table=Product,
    new=NewProduct,
    change=ProductChange,
    view=ProductView,
    shown=ProductView.model_validate,
    created=ActCreated,
    updated=ActUpdated,
    deleted=ActDeleted,
    check=_check_rules,
    is_used=never_used,
    fixed={"kind": Kind.ACT},
    followed=look_again,
    parted=_keep_name,
    making="What is done to an animal, a vaccination for instance, with the reminders that it may bring.",
)
