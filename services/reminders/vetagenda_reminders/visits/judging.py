"""Loads what lines of visits can choose from now, and judges them: few statements for any number of lines."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_reminders.records.queries import Record
from vetagenda_reminders.tables import Administration, Product, ReminderRule
from vetagenda_reminders.templates.precedence import template_of_product
from vetagenda_reminders.templates.queries import Catalogue as Words
from vetagenda_reminders.templates.queries import catalogue
from vetagenda_reminders.visits.rules import (
    Choices,
    Custom,
    RuleChoice,
    Selection,
    State,
    Status,
    status_of,
)
from vetagenda_reminders.visits.tables import VisitLine

SETTLED = frozenset({State.NONE, State.ORANGE})
"""What the catalogue offers later changes no line of which nothing was wanted."""


@dataclass(frozen=True)
class Catalogue:
    """The products and acts, rules and texts that some lines are about, as far as they still exist.
    `kept` are the categories of what was deleted, by administration."""

    products: Mapping[UUID, Product] = field(default_factory=dict)
    rules: Mapping[UUID, ReminderRule] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    kept: Mapping[UUID, str] = field(default_factory=dict)

    def offered(self, product_id: UUID) -> list[ReminderRule]:
        product = self.products.get(product_id)
        return [self.rules[each] for each in product.rule_ids if each in self.rules] if product else []

    def without_offered(self, product_id: UUID) -> bool:
        product = self.products.get(product_id)
        return product is not None and product.without_offered

    def judge(self, line: VisitLine) -> Status:
        """As if it were written now."""
        offered = self.offered(line.product_id)
        selected = self.rules.get(line.rule_id) if line.rule_id else None
        choices = Choices(
            tuple(self._choice(each, line) for each in offered),
            self.without_offered(line.product_id),
            (self._choice(selected, line),) if selected and selected not in offered else (),
        )
        return status_of(choices, selection_of(line), self.words.texts)

    def _choice(self, rule: ReminderRule, line: VisitLine) -> RuleChoice:
        """A rule that names no template says that of the product's or act's category (REM-9)."""
        product = self.products.get(line.product_id)
        category = product.category if product else self._kept(line)
        template = template_of_product(rule.template_id, category, self.words.categories)
        return RuleChoice(rule.id, rule.channels, template)

    def _kept(self, line: VisitLine) -> str | None:
        return self.kept.get(line.administration_id) if line.administration_id else None

    def shown(self, line: VisitLine) -> Status:
        """As it is now: the catalogue may have changed since it was written."""
        return Status(line.state) if line.state in SETTLED else self.judge(line)


def selection_of(line: VisitLine) -> Selection:
    custom = Custom(line.custom_channels, line.custom_template_id) if line.custom_on else None
    return Selection(line.rule_id, custom, line.without)


async def catalogue_of(
    session: ReadSession | WriteSession, practice_id: UUID, lines: Collection[VisitLine]
) -> Catalogue:
    """Of lines of one practice."""
    if not lines:
        return Catalogue()
    products = await _by_id(session, Product, (line.product_id for line in lines))
    offered = (rule_id for product in products.values() for rule_id in product.rule_ids)
    selected = (line.rule_id for line in lines if line.rule_id)
    rules = await _by_id(session, ReminderRule, (*offered, *selected))
    named = (rule.template_id for rule in rules.values() if rule.template_id)
    own = (line.custom_template_id for line in lines if line.custom_template_id)
    words = await catalogue(session, practice_id, {*named, *own})
    return Catalogue(products, rules, words, await _kept(session, lines, products))


async def _kept(
    session: ReadSession | WriteSession, lines: Collection[VisitLine], products: Collection[UUID]
) -> dict[UUID, str]:
    """A line whose product is gone keeps the words that it had (REM-8)."""
    orphaned = {line.administration_id for line in lines if line.product_id not in products}
    ids = orphaned - {None}
    if not ids:
        return {}
    category = col(Administration.product_category)
    query = select(col(Administration.id), category).where(
        col(Administration.id).in_(ids), category.is_not(None)
    )
    return {row[0]: row[1] for row in await session.execute(query) if row[1]}


async def red_among(
    session: ReadSession | WriteSession, practice_id: UUID, administration_ids: Collection[UUID]
) -> set[UUID]:
    """Those of the administrations whose line is red now."""
    query = select(VisitLine).where(
        col(VisitLine.practice_id) == practice_id, col(VisitLine.administration_id).in_(administration_ids)
    )
    lines = list(await session.scalars(query))
    known = await catalogue_of(session, practice_id, lines)
    return {
        line.administration_id
        for line in lines
        if line.administration_id and known.shown(line).state is State.RED
    }


async def _by_id(
    session: ReadSession | WriteSession, kind: type[Record], ids: Iterable[UUID]
) -> dict[UUID, Record]:
    wanted = set(ids)
    if not wanted:
        return {}
    found = await session.scalars(select(kind).where(col(kind.id).in_(wanted)))
    return {each.id: each for each in found}
