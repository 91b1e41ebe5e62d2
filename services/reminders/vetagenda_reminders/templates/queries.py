"""Selects of templates."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.tables import Template
from vetagenda_reminders.templates.precedence import (
    Categorised,
    Templates,
    named_templates,
    template_of_product,
)


async def texts_for(
    session: ReadSession | WriteSession, practice_id: UUID, appointments: Iterable[AppointmentFacts]
) -> dict[UUID, Any]:
    """Texts of the templates that the appointments' types name, those of this practice alone: a type may
    name any id, and jobs see every practice."""
    ids = {template for each in appointments for template in named_templates(each.appointment_type)}
    if not ids:
        return {}
    query = select(col(Template.id), col(Template.texts)).where(
        col(Template.practice_id) == practice_id, col(Template.id).in_(ids)
    )
    return dict((await session.execute(query)).all())


@dataclass(frozen=True)
class Catalogue:
    """The practice's templates that products and acts may say."""

    texts: Templates = field(default_factory=dict)
    categories: tuple[Categorised, ...] = ()

    def texts_of(self, rule_names: UUID | None, category: str | None) -> Any:
        """By channel; nothing where the default sentence holds."""
        template = template_of_product(rule_names, category, self.categories)
        return self.texts.get(template, {}) if template else {}


async def catalogue(
    session: ReadSession | WriteSession, practice_id: UUID, named: Collection[UUID]
) -> Catalogue:
    """Those that rules name, and all that have a category; of this practice alone: jobs see every one."""
    query = select(col(Template.id), col(Template.category), col(Template.texts)).where(
        col(Template.practice_id) == practice_id,
        col(Template.category).is_not(None) | col(Template.id).in_(named),
    )
    rows = (await session.execute(query)).all()
    return Catalogue({row[0]: row[2] for row in rows}, tuple(Categorised(row[0], row[1]) for row in rows))
