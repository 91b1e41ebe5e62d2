"""Reminder rules, products and administrations on the wire."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Day, Name, PatchModel, RequestModel, ShortText, ViewModel
from vetagenda_reminders.ladder.vocabulary import Delivery
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.products.rules import Anchor, Recurrence, Schedule, Span, Unit
from vetagenda_reminders.tables import ReminderRule

LONGEST = 120
LONGEST_SPAN = {"month": 360, "year": 30}
LAST_DAY = date(2200, 12, 31)
DAY_IN_SCHEMA = WithJsonSchema({"type": "string", "format": "date"})  # no keyword of JSON Schema bounds a day


class SpanOf(RequestModel):
    """So many `day`, `month` or `year` (the plural is understood)."""

    count: int = Field(ge=0, le=1_000)
    unit: Unit

    @model_validator(mode="after")
    def within_a_life(self) -> Self:
        if self.unit.value in LONGEST_SPAN and self.count > LONGEST_SPAN[self.unit.value]:
            raise ValueError("longer than 30 years")
        return self

    @field_validator("unit", mode="before")
    @classmethod
    def singular(cls, value: Any) -> Any:
        return value.removesuffix("s") if isinstance(value, str) else value

    @property
    def span(self) -> Span:
        return Span(self.count, self.unit)


class Repetition(RequestModel):
    """`count` is the total number of sends, the first included."""

    every: SpanOf
    count: int = Field(ge=1, le=LONGEST)

    @field_validator("every")
    @classmethod
    def goes_on(cls, every: SpanOf) -> SpanOf:
        if every.count == 0:
            raise ValueError("a repetition needs at least one day")
        return every


GivenOn = Annotated[Day, Field(le=LAST_DAY), DAY_IN_SCHEMA]
RuleChannel = Literal[Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.PHONE]
Channels = Annotated[tuple[RuleChannel, ...], Field(min_length=1, max_length=4), EachOnce()]
OfferedChannel = Literal[Channel.PUSH, Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.PHONE]
RuleChannels = Annotated[tuple[OfferedChannel, ...], Field(min_length=1, max_length=5), EachOnce()]
StepHours = Annotated[int, Field(ge=1, le=240)]
RuleIds = Annotated[list[UUID], Field(max_length=20), EachOnce()]


class NewRule(RequestModel):
    """Due `offset` after the first administration or after birth, sent `days_before` that day, on all of
    `channels`, or with `delivery` `ladder` one after the other (push, sms, email, phone, letter), each
    `step_hours` after the one before, until a visit is booked. Without `template_id` the default sentence is
    sent."""

    name: Name
    offset: SpanOf
    anchor: Anchor = Anchor.ADMINISTRATION
    days_before: int = Field(default=0, ge=0, le=365)
    recurrence: Repetition | None = None
    channels: RuleChannels
    template_id: UUID | None = None
    delivery: Delivery = Delivery.ALL
    step_hours: StepHours = 48


class RuleChange(PatchModel):
    """Only what is given changes. Administrations that were recorded keep the dates they have."""

    clearable: ClassVar[frozenset[str]] = frozenset({"recurrence", "template_id"})

    name: Name | None = None
    offset: SpanOf | None = None
    anchor: Anchor | None = None
    days_before: int | None = Field(default=None, ge=0, le=365)
    recurrence: Repetition | None = None
    channels: RuleChannels | None = None
    template_id: UUID | None = None
    delivery: Delivery | None = None
    step_hours: StepHours | None = None


class RuleView(ViewModel):
    id: UUID
    version: int
    name: str
    offset: SpanOf
    anchor: Anchor
    days_before: int
    recurrence: Repetition | None
    channels: list[str]
    template_id: UUID | None
    delivery: Delivery
    step_hours: int

    @classmethod
    def of(cls, rule: ReminderRule) -> Self:
        known = rule.model_dump(include=set(cls.model_fields))
        offset = SpanOf(count=rule.offset_count, unit=rule.offset_unit)
        return cls(**known, offset=offset, recurrence=_repetition(rule))


def _repetition(rule: ReminderRule) -> Repetition | None:
    if rule.every_count is None or rule.every_unit is None or rule.sends is None:
        return None
    return Repetition(every=SpanOf(count=rule.every_count, unit=rule.every_unit), count=rule.sends)


def schedule_of(rule: ReminderRule) -> Schedule:
    repeated = _repetition(rule)
    return Schedule(
        Span(rule.offset_count, rule.offset_unit),
        rule.anchor,
        rule.days_before,
        Recurrence(repeated.every.span, repeated.count) if repeated else None,
    )


class NewProduct(RequestModel):
    """A product or an act. `rule_ids` are the reminders that may be chosen when it is given or done;
    `family` names what renews it; `category` is the category of templates that fit. `without_offered`
    makes "exceptionally without a reminder" one more choice."""

    name: Name
    family: ShortText | None = None
    category: ShortText | None = None
    rule_ids: RuleIds = []
    without_offered: bool = False


class ProductChange(PatchModel):
    """Only what is given changes. Lines of visits keep what they planned."""

    clearable: ClassVar[frozenset[str]] = frozenset({"family", "category"})

    name: Name | None = None
    family: ShortText | None = None
    category: ShortText | None = None
    rule_ids: RuleIds | None = None
    without_offered: bool | None = None


class ProductView(ViewModel):
    id: UUID
    version: int
    name: str
    family: str | None
    category: str | None
    rule_ids: list[UUID]
    without_offered: bool


class NewAdministration(RequestModel):
    """`given_on` is the practice's today when it is left out. `rule_id` may be left out when the product
    has only one; `also_first` sends one more for the first administration itself, outside the count. With
    `withdraw_earlier` the older reminders that wait for the same are taken out."""

    product_id: UUID
    animal_id: UUID
    rule_id: UUID | None = None
    given_on: GivenOn | None = None
    also_first: bool = False
    withdraw_earlier: bool = False


class RecordedAdministration(ViewModel):
    """What was given (or done) to whom on which day, and the ledger's rows of it, by the time they are due.
    `product_id` is a product's or an act's, and stays when that is deleted."""

    id: UUID
    version: int
    product_id: UUID
    animal_id: UUID
    owner_id: UUID | None
    rule_id: UUID | None
    given_on: date
    also_first: bool
    reminders: list[ReminderView]


class AdministrationView(ViewModel):
    """`reminders` are the ledger's rows. `without` says why there are none: `no_rule` (the product has
    none), `rule_not_chosen` (it has several), `birth_unknown` (the rule counts from birth). `earlier` are the
    older reminders of the same animal and product, or family, that waited when it was recorded: they mislead
    now. They wait on unless `withdraw_earlier` was sent, and `withdraw-earlier` still takes them out."""

    id: UUID
    version: int
    product_id: UUID
    animal_id: UUID
    owner_id: UUID | None
    rule_id: UUID | None
    given_on: date
    also_first: bool
    without: str | None
    reminders: list[ReminderView]
    earlier: list[ReminderView]


class WithdrawnView(ViewModel):
    """The reminders that were taken out; none when nothing waited, or the check is switched off."""

    withdrawn: list[ReminderView]
