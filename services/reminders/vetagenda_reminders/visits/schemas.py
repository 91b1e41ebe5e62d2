"""Visits and their lines on the wire."""

from datetime import date
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import PatchModel, RequestModel, ViewModel
from vetagenda_reminders.ladder.vocabulary import Delivery
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.products.schemas import GivenOn, RuleChannels, StepHours
from vetagenda_reminders.visits.rules import Fault, State

AnimalIds = Annotated[list[UUID], Field(min_length=1, max_length=50), EachOnce()]
SELECTIONS = ("rule_id", "custom_on", "without")
_LEAD = "`channels`, `template_id` and `delivery` are those of `custom_on`"


class NewVisit(RequestModel):
    """`visited_on` is the practice's today when it is left out; the owner is the appointment's, or that of
    the first animal."""

    appointment_id: UUID | None = None
    owner_id: UUID | None = None
    animal_ids: AnimalIds
    visited_on: GivenOn | None = None


class VisitChange(PatchModel):
    """Only what is given changes. Lines keep the days that they have; an animal of a line stays."""

    clearable: ClassVar[frozenset[str]] = frozenset({"appointment_id", "owner_id"})

    appointment_id: UUID | None = None
    owner_id: UUID | None = None
    animal_ids: AnimalIds | None = None
    visited_on: GivenOn | None = None


class NewLine(RequestModel):
    """A product or an act, for one animal of the visit. At most one of `rule_id` (a reminder that it offers),
    `custom_on` (one date without recurrence, by `channels`, in the words of `template_id` or else the default
    sentence; with `delivery` `ladder` one after the other, `step_hours` apart) and `without` (exceptionally
    none, when it is offered) selects; nothing selects the only choice. Reminders are counted from `given_on`,
    the visit's day when it is left out; `also_first` sends one more for that day itself. With
    `withdraw_earlier` the older reminders that wait for the same are taken out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "animal_id": "01a20890-1b2e-7228-9cfe-5c5b552bc835",
                    "product_id": "01a20890-1b2e-7228-9cfe-5c5b552bc835",
                }
            ]
        }
    )

    product_id: UUID | None = None
    act_id: UUID | None = None
    animal_id: UUID
    rule_id: UUID | None = None
    custom_on: GivenOn | None = None
    channels: RuleChannels | None = None
    template_id: UUID | None = None
    delivery: Delivery = Delivery.ALL
    step_hours: StepHours = 48
    without: bool = False
    given_on: GivenOn | None = None
    also_first: bool = False
    withdraw_earlier: bool = False

    @model_validator(mode="after")
    def one_thing_one_selection(self) -> Self:
        if (self.product_id is None) == (self.act_id is None):
            raise ValueError("name either a product or an act")
        _at_most_one(self)
        if self.custom_on is None and (
            self.channels or self.template_id or self.delivery is not Delivery.ALL
        ):
            raise ValueError(_LEAD)
        if self.custom_on and not self.channels:
            raise ValueError("a custom reminder needs `channels`")
        return self


def _at_most_one(selected: "NewLine | LineChange") -> None:
    if sum(bool(getattr(selected, name)) for name in SELECTIONS) > 1:
        raise ValueError("select a rule, or a date, or none")


class LineChange(PatchModel):
    """Only what is given changes; another selection stands instead of the present one, and null selects
    nothing. What has not left is withdrawn and planned anew."""

    clearable: ClassVar[frozenset[str]] = frozenset({"rule_id", "custom_on", "template_id"})

    rule_id: UUID | None = None
    custom_on: GivenOn | None = None
    channels: RuleChannels | None = None
    template_id: UUID | None = None
    delivery: Delivery | None = None
    step_hours: StepHours | None = None
    without: bool | None = None
    given_on: GivenOn | None = None
    also_first: bool | None = None
    withdraw_earlier: bool | None = None

    @model_validator(mode="after")
    def one_selection(self) -> Self:
        _at_most_one(self)
        return self


class RuleChoiceView(ViewModel):
    id: UUID
    name: str


class ChoicesView(ViewModel):
    """What the product or act offers now: its reminder rules, and whether "exceptionally without" is one
    choice more."""

    rules: list[RuleChoiceView]
    without: bool


class CustomView(ViewModel):
    on: date
    channels: list[str]
    template_id: UUID | None
    delivery: Delivery
    step_hours: int


class SelectionView(ViewModel):
    """What is selected, also by being the only choice; all empty when nothing is."""

    rule_id: UUID | None
    custom: CustomView | None
    without: bool


class LineView(ViewModel):
    """`status` is the sign at the end of the line: `none` (no reminder exists), `green` (one is selected),
    `red` (nothing is sent, `reason` says why: `not_selected`, `no_template`, `text_missing`,
    `subject_missing`) or `orange` (exceptionally without). `reminders` are the ledger's rows, with the days
    on which they are due and sent, those left out that were withdrawn."""

    id: UUID
    version: int
    visit_id: UUID
    product_id: UUID | None
    act_id: UUID | None
    animal_id: UUID
    given_on: date
    also_first: bool
    status: State
    reason: Fault | None
    choices: ChoicesView
    selection: SelectionView
    administration_id: UUID | None
    reminders: list[ReminderView]


class WrittenLineView(LineView):
    """`earlier` are the older reminders of the same animal and product, act or family, that waited when the
    line was written: they mislead now. They wait on unless `withdraw_earlier` was sent."""

    earlier: list[ReminderView]


class LineWarningView(ViewModel):
    """`code` is `reminder_` and a red line's reason, or `birth_unknown`: the selected rule counts from it."""

    code: str
    text: str
    line_id: UUID


class VisitView(ViewModel):
    """`warnings` has one for each line that sends nothing although it should."""

    id: UUID
    version: int
    appointment_id: UUID | None
    owner_id: UUID | None
    animal_ids: list[UUID]
    visited_on: date
    lines: list[LineView]
    warnings: list[LineWarningView]
