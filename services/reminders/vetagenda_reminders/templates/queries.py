"""Selects of templates."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_reminders.facts import AppointmentFacts
from vetagenda_reminders.tables import Template
from vetagenda_reminders.templates.precedence import named_templates


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
