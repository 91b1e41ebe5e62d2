"""Templates as records: what is stored of their texts, and what keeps one from being deleted."""

from typing import Any

from sqlalchemy import exists, select
from sqlmodel import col

from vetagenda_contracts.reminders import TemplateCreated, TemplateDeleted, TemplateUpdated
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import Conflict, InvalidRequest
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.records.resource import Fields, Resource, refers_to_nothing
from vetagenda_reminders.tables import ReminderRule, Template
from vetagenda_reminders.templates.foreign import imported
from vetagenda_reminders.templates.lengths import check_sms
from vetagenda_reminders.templates.rules import check_fields
from vetagenda_reminders.templates.schemas import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    NewTemplate,
    TemplateChange,
    TemplateView,
    Texts,
)
from vetagenda_reminders.visits.marking import look_again


class TemplateInUse(Conflict):
    code = "template-in-use"
    title = "A reminder rule uses this template"


def _columns(fields: Fields) -> dict[str, Any]:
    return {name: stored(value) if name == "texts" else value for name, value in fields.items()}


def stored(texts: Texts) -> dict[str, Any]:
    """Checked, and in our own forms. Raises InvalidRequest for a merge field that does not exist, and for an
    SMS that is too long."""
    by_channel = texts.model_dump(exclude_none=True)
    for channel, parts in by_channel.items():
        for part, text in parts.items():
            pointer = f"/texts/{channel}/{part}"
            parts[part] = _own_form(text, part, pointer)
            if channel == Channel.SMS:
                check_sms(parts[part], pointer)
    return by_channel


def _own_form(text: str, part: str, pointer: str) -> str:
    """Our names can be longer than theirs."""
    own, longest = imported(text), LONGEST_SUBJECT if part == "subject" else LONGEST_BODY
    if len(own) > longest:
        told = f"with our merge fields it has {len(own)} characters; at most {longest} fit"
        raise InvalidRequest.at(pointer, told)
    check_fields(own, pointer)
    return own


async def _is_used(session: WriteSession, template: Template) -> bool:
    return bool(await session.scalar(select(exists().where(col(ReminderRule.template_id) == template.id))))


TEMPLATES = Resource(
    noun="template",
    path="templates",
    table=Template,
    new=NewTemplate,
    change=TemplateChange,
    view=TemplateView,
    shown=TemplateView.of,
    created=TemplateCreated,
    updated=TemplateUpdated,
    deleted=TemplateDeleted,
    check=refers_to_nothing,
    is_used=_is_used,
    in_use=TemplateInUse,
    columns=_columns,
    followed=look_again,
    making="Keep the practice's own words for a kind of message.",
    changing="Correct the words; all that has not left yet says the new ones.",
)
