"""Whose words an appointment's message says: its type's own, or the practice's default (REM-2). Pure."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from vetagenda_reminders.facts import AppointmentFacts, TypeFacts
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.preferences.schemas import ReminderSettings
from vetagenda_reminders.templates.messages import Texts

Templates = Mapping[UUID, Mapping[str, Any]]
"""Templates' texts as they are stored, by the templates' ids: channel -> body and subject."""


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
    appointment: AppointmentFacts, templates: Templates, settings: ReminderSettings
) -> bool:
    """Whether any text that an owner may get before the visit says whom they will see."""
    own = (
        _own_text(purpose, channel, appointment, templates)
        for purpose in (Purpose.CONFIRMATION, Purpose.REMINDER)
        for channel in (Channel.SMS, Channel.EMAIL)
    )
    named = (f"{text.subject} {text.body}" for text in own if text)
    return settings.name_practitioner or any("{practitioner}" in text for text in named)


def words(
    purpose: Purpose,
    channel: Channel,
    appointment: AppointmentFacts,
    templates: Templates,
    settings: ReminderSettings,
    *,
    rule: str,
    carries: tuple[str, ...] = (),
) -> Texts:
    """A text of its own stands instead of the default sentence and its addition. `carries` names the
    reminders that are merged into this message: their words follow, each once."""
    own = _own_text(purpose, channel, appointment, templates)
    additions = () if own else _additions((rule,), channel, settings)
    carried = _carried(carries, channel, appointment, templates, settings)
    following = dict.fromkeys((*additions, *carried))
    own = own or Texts()
    return Texts(own.body, own.subject, tuple(text for text in following if text and text != own.body))


def _carried(
    rules: tuple[str, ...],
    channel: Channel,
    appointment: AppointmentFacts,
    templates: Templates,
    settings: ReminderSettings,
) -> tuple[str, ...]:
    """What merged reminders would have said beyond the default sentence, which says nothing new there."""
    if not rules:
        return ()
    own = _own_text(Purpose.REMINDER, channel, appointment, templates)
    return (own.body,) if own and own.body else _additions(rules, channel, settings)


def _own_text(
    purpose: Purpose, channel: Channel, appointment: AppointmentFacts, templates: Templates
) -> Texts | None:
    """The first level that has a text for the channel."""
    levels = _levels(purpose, appointment, templates)
    texts = (level.get(channel.value) for level in levels)
    return next((Texts(text["body"], text.get("subject")) for text in texts if text), None)


def _levels(
    purpose: Purpose, appointment: AppointmentFacts, templates: Templates
) -> Iterator[Mapping[str, Any]]:
    """Texts by channel, the most particular first: one appointment's personal text goes before its type's."""
    if template := template_of(appointment.appointment_type, purpose):
        yield templates.get(template, {})


def _additions(rules: tuple[str, ...], channel: Channel, settings: ReminderSettings) -> tuple[str, ...]:
    return tuple(
        choice.email_addition if channel is Channel.EMAIL else choice.sms_addition
        for number, choice in enumerate(settings.reminders, start=1)
        if f"reminder_{number}" in rules
    )
