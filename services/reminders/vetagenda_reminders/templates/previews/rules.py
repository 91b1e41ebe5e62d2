"""A template's words about one subject, by the very functions that write what leaves. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from vetagenda_reminders.facts import AnimalFacts, AppointmentFacts, OwnerFacts, PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.templates.messages import (
    Message,
    Texts,
    appointment_message,
    appointment_values,
    product_message,
    product_values,
)
from vetagenda_reminders.templates.previews.schemas import ChannelPreview
from vetagenda_reminders.templates.rules import named


@dataclass(frozen=True)
class Subject:
    """What the words are about: the fields' values, and how a message of it is written."""

    values: Mapping[str, str]
    write: Callable[[Channel, Texts], Message]


def about_appointment(
    purpose: Purpose, appointment: AppointmentFacts, practice: PracticeFacts, link: str
) -> Subject:
    def write(channel: Channel, texts: Texts) -> Message:
        return appointment_message(purpose, channel, appointment, practice, texts, link)

    return Subject(appointment_values(appointment, practice, link), write)


def about_product(
    product: str, due_on: date, animal: AnimalFacts, owner: OwnerFacts, practice: PracticeFacts
) -> Subject:
    def write(channel: Channel, texts: Texts) -> Message:
        return product_message(channel, product, due_on, animal, owner, practice, texts)

    return Subject(product_values(product, due_on, animal, owner, practice), write)


def previews(texts: Mapping[str, Mapping[str, Any]], subject: Subject) -> list[ChannelPreview]:
    """`texts` by channel, as they are stored."""
    return [_preview(Channel(channel), own, subject) for channel, own in texts.items() if own]


def _preview(channel: Channel, own: Mapping[str, Any], subject: Subject) -> ChannelPreview:
    texts = Texts(own["body"], own.get("subject"))
    message = subject.write(channel, texts)
    fields = dict.fromkeys([*named(texts.subject or ""), *named(own["body"])])
    return ChannelPreview(
        channel=channel,
        subject=message.subject,
        body=message.body,
        without_value=[name for name in fields if not subject.values.get(name, "").strip()],
    )


def in_language(owner: OwnerFacts | None, language: str | None) -> OwnerFacts | None:
    return owner.model_copy(update={"locale": language}) if owner and language else owner
