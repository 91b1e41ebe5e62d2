"""Previews on the wire."""

from typing import Literal, Self
from uuid import UUID

from pydantic import ConfigDict, model_validator

from vetagenda_kit.models import Name, RequestModel, ViewModel
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.templates.schemas import Texts, TextWarningView


class PreviewRequest(RequestModel):
    """The words are `texts`, or those of a template. They are about an appointment (as a reminder of it, or
    its confirmation); or, with `product_id` (a product or an act) or `product` (a name), about that, due
    today for `animal_id`. What is not named is the sample: Milou, the dog of Élodie Plutôt, tomorrow at 10:00
    with Dr Lefèvre. `language` replaces the owner's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"texts": {"sms": {"body": "{animal} a rendez-vous {when}."}}, "language": "fr"}]
        }
    )

    texts: Texts | None = None
    template_id: UUID | None = None
    appointment_id: UUID | None = None
    purpose: Literal[Purpose.REMINDER, Purpose.CONFIRMATION] = Purpose.REMINDER
    animal_id: UUID | None = None
    product_id: UUID | None = None
    product: Name | None = None
    language: Literal["fr", "de", "en"] | None = None

    @model_validator(mode="after")
    def names_one_of_each(self) -> Self:
        if (self.texts is None) is (self.template_id is None):
            raise ValueError("either texts or template_id is expected")
        if self.product and self.product_id:
            raise ValueError("either product or product_id is expected")
        if self.appointment_id and (self.animal_id or self.is_of_product):
            raise ValueError("it is about an appointment or about a product, not about both")
        if self.animal_id and not self.is_of_product:
            raise ValueError("animal_id needs a product or product_id")
        return self

    @property
    def is_of_product(self) -> bool:
        return bool(self.product or self.product_id)


class OffendingCharacterView(ViewModel):
    """`index` counts code points from 0; `codepoint` (`U+00EA`) and `name` are Unicode's."""

    index: int
    char: str
    codepoint: str
    name: str


class SmsCountView(ViewModel):
    """The count of `POST /v1/sms/segments`, which has suggestions too: `segments` are the SMS that are paid,
    `parts` what each carries."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    segments: int
    units_left: int
    parts: list[str]
    offending: list[OffendingCharacterView]
    suggestion: str | None


class ChannelPreview(ViewModel):
    """`without_value` are the merge fields that have no value here, with a fallback or without. An empty
    `body` is not sent (`empty_text`). `sms` is null for the other channels. `warning` says so where an SMS is
    long: from 4 on what it costs, above 10 that it is not sent (`too_long`)."""

    channel: Channel
    subject: str | None
    body: str
    without_value: list[str]
    sms: SmsCountView | None = None
    warning: str | None = None


class PreviewView(ViewModel):
    """One preview for each channel that has a text."""

    channels: list[ChannelPreview]
    warnings: list[TextWarningView]
