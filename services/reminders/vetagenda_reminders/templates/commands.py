"""All that changes a template. A change holds for everything that has not left yet."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import TemplateCreated, TemplateDeleted, TemplateUpdated
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import Conflict
from vetagenda_reminders import records
from vetagenda_reminders.tables import ReminderRule, Template
from vetagenda_reminders.templates.rules import check_fields, imported
from vetagenda_reminders.templates.schemas import NewTemplate, TemplateChange, Texts


class TemplateInUse(Conflict):
    code = "template-in-use"
    title = "A reminder rule uses this template"


async def create(session: WriteSession, practice_id: UUID, new: NewTemplate, actor: Actor) -> Template:
    template = Template(
        id=uuid7(), practice_id=practice_id, name=new.name, category=new.category, texts=_stored(new.texts)
    )
    session.add(template)
    _tell(session, TemplateCreated, template, actor)
    return template


async def change(
    session: WriteSession, template_id: UUID, wanted: TemplateChange, actor: Actor, expected: int | None
) -> Template:
    template = await records.to_change(session, Template, template_id, expected)
    given = wanted.model_dump(exclude_unset=True, exclude={"texts"})
    for name, value in given.items():
        setattr(template, name, value)
    if wanted.texts is not None:
        template.texts = _stored(wanted.texts)
    _tell(session, TemplateUpdated, template, actor)
    return template


async def delete(session: WriteSession, template_id: UUID, actor: Actor, expected: int | None) -> None:
    template = await records.to_change(session, Template, template_id, expected)
    query = select(ReminderRule).where(col(ReminderRule.template_id) == template_id).limit(1)
    if (await session.scalars(query)).first() is not None:
        raise TemplateInUse()
    await session.delete(template)
    _tell(session, TemplateDeleted, template, actor)


def _stored(texts: Texts) -> dict[str, Any]:
    """Checked, and in our own forms. Raises InvalidRequest for a merge field that does not exist."""
    stored = texts.model_dump(exclude_none=True)
    for channel, parts in stored.items():
        for part, text in parts.items():
            parts[part] = imported(text)
            check_fields(parts[part], f"/texts/{channel}/{part}")
    return stored


_Told = type[TemplateCreated] | type[TemplateUpdated] | type[TemplateDeleted]


def _tell(session: WriteSession, kind: _Told, template: Template, actor: Actor) -> None:
    outbox.add(
        session,
        kind(
            practice_id=template.practice_id,
            actor=actor,
            aggregate_id=template.id,
            version=template.version,
        ),
    )
