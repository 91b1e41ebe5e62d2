"""Whose words an appointment's message says: its own, its type's, or the practice's default (REM-2). Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from vetagenda_contracts.folding import folded
from vetagenda_reminders.facts import AppointmentFacts, TypeFacts
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.preferences.schemas import ReminderSettings
from vetagenda_reminders.templates.messages import Texts
from vetagenda_reminders.templates.rules import named

Templates = Mapping[UUID, Mapping[str, Any]]
"""Templates' texts as they are stored, by the templates' ids: channel -> body and subject."""
Personal = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""One appointment's own words: rule -> channel -> body and subject, either of which may be None."""
NO_WORDS: Personal = {}


def template_of(kind: TypeFacts | None, purpose: Purpose) -> UUID | None:
    """The template that a type names for such a message, whether there is one or not."""
    if kind is None:
        return None
    named = {
        Purpose.CONFIRMATION: kind.confirmation_template_id,
        Purpose.REMINDER: kind.reminder_template_id,
    }
    return named.get(purpose)


def named_templates(kind: TypeFacts | None) -> set[UUID]:
    """All that a type's messages may need: a confirmation can carry what a reminder would have said."""
    return {
        template
        for purpose in (Purpose.CONFIRMATION, Purpose.REMINDER)
        if (template := template_of(kind, purpose))
    }


def name_practitioner(
    appointment: AppointmentFacts,
    templates: Templates,
    settings: ReminderSettings,
    personal: Personal = NO_WORDS,
) -> bool:
    """Whether any text that an owner may get before the visit says whom they will see."""
    own = (
        _own_text(purpose, channel, appointment, templates)
        for purpose in (Purpose.CONFIRMATION, Purpose.REMINDER)
        for channel in (Channel.SMS, Channel.EMAIL)
    )
    spoken = [f"{text.subject} {text.body}" for text in own if text]
    spoken += [f"{text['subject']} {text['body']}" for by in personal.values() for text in by.values()]
    return settings.name_practitioner or any("practitioner" in named(text) for text in spoken)


def words(
    purpose: Purpose,
    channel: Channel,
    appointment: AppointmentFacts,
    templates: Templates,
    settings: ReminderSettings,
    *,
    rule: str,
    carries: tuple[str, ...] = (),
    personal: Personal = NO_WORDS,
) -> Texts:
    """A text of its own stands instead of the default sentence and its addition. `carries` names the
    reminders that are merged into this message: their words follow, each once."""
    mine = personal.get(rule, {})
    own = _own_text(purpose, channel, appointment, templates, mine)
    additions = () if own else _additions((rule,), channel, settings)
    carried = (
        text
        for each in carries
        for text in beyond_the_default(each, channel, appointment, templates, settings, personal)
    )
    following = dict.fromkeys((*additions, *carried))
    own = own or Texts()
    subject = mine.get(channel.value, {}).get("subject") or own.subject
    return Texts(own.body, subject, tuple(text for text in following if text and text != own.body))


def beyond_the_default(
    rule: str,
    channel: Channel,
    appointment: AppointmentFacts,
    templates: Templates,
    settings: ReminderSettings,
    personal: Personal = NO_WORDS,
) -> tuple[str, ...]:
    """What a merged reminder would have said of its own: the default sentence says nothing new there."""
    own = _own_text(Purpose.REMINDER, channel, appointment, templates, personal.get(rule, {}))
    return (own.body,) if own and own.body else _additions((rule,), channel, settings)


def words_of(
    purpose: Purpose,
    channel: Channel,
    appointment: AppointmentFacts,
    templates: Templates,
    own: Mapping[str, Any],
) -> Literal["appointment", "type", "practice"]:
    """Whose text it is."""
    if (own.get(channel.value) or {}).get("body"):
        return "appointment"
    return "type" if _own_text(purpose, channel, appointment, templates) else "practice"


def _own_text(
    purpose: Purpose,
    channel: Channel,
    appointment: AppointmentFacts,
    templates: Templates,
    own: Mapping[str, Any] = NO_WORDS,
) -> Texts | None:
    """The first level that has a text for the channel."""
    levels = (own, *_levels(purpose, appointment, templates))
    texts = (level.get(channel.value) for level in levels)
    return next((Texts(text["body"], text.get("subject")) for text in texts if text and text["body"]), None)


def _levels(
    purpose: Purpose, appointment: AppointmentFacts, templates: Templates
) -> Iterator[Mapping[str, Any]]:
    """Texts by channel, the most particular first, after the appointment's own."""
    if template := template_of(appointment.appointment_type, purpose):
        yield templates.get(template, {})


def _additions(rules: tuple[str, ...], channel: Channel, settings: ReminderSettings) -> tuple[str, ...]:
    return tuple(
        choice.email_addition if channel is Channel.EMAIL else choice.sms_addition
        for number, choice in enumerate(settings.reminders, start=1)
        if f"reminder_{number}" in rules
    )


@dataclass(frozen=True, slots=True)
class Categorised:
    """A template as far as its category decides."""

    id: UUID
    category: str | None


def template_of_product(
    rule_names: UUID | None, category: str | None, templates: Iterable[Categorised]
) -> UUID | None:
    """The template that the rule names; else the practice's template of the product's or act's category,
    of several the newest; else none: the default sentence. Ids are in order of making."""
    if rule_names is not None or category is None or not folded(category):
        return rule_names
    fitting = [each.id for each in templates if folded(each.category or "") == folded(category)]
    return max(fitting, default=None)
