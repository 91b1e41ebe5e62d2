"""The sign at the end of a line: none, green, red or orange (REM-8). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class State(StrEnum):
    """`none`: no reminder exists. `green`: one is selected and can be sent. `red`: nothing is sent until
    somebody selects one or completes it. `orange`: exceptionally without, on purpose."""

    NONE = "none"
    GREEN = "green"
    RED = "red"
    ORANGE = "orange"


class Fault(StrEnum):
    """Why a line is red."""

    NOT_SELECTED = "not_selected"
    NO_TEMPLATE = "no_template"
    TEXT_MISSING = "text_missing"
    SUBJECT_MISSING = "subject_missing"


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """A reminder rule as far as it decides whether anything can be said. `template_id` is what it names, or
    what the product's or act's category has."""

    id: UUID
    channels: Collection[str]
    template_id: UUID | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the product or act offers now. `retired` are rules that still exist and are offered no more: a
    line that has selected one keeps it."""

    rules: tuple[RuleChoice, ...] = ()
    without: bool = False
    retired: tuple[RuleChoice, ...] = ()

    @property
    def count(self) -> int:
        return len(self.rules) + self.without


@dataclass(frozen=True, slots=True)
class Custom:
    """One date for this animal. Without a template it says the default sentence."""

    channels: Collection[str]
    template_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """At most one of the three."""

    rule_id: UUID | None = None
    custom: Custom | None = None
    without: bool = False


NOTHING = Selection()
_ALWAYS_DEFAULT = frozenset({"push"})
"""No template has a text for it: it says the default sentence."""
Templates = Mapping[UUID, Mapping[str, Any]]
"""The texts of the templates that exist, by channel."""


@dataclass(frozen=True, slots=True)
class Status:
    """`rule_id` is the rule that holds, also when it was selected by being the only choice."""

    state: State
    fault: Fault | None = None
    rule_id: UUID | None = None


def status_of(choices: Choices, selection: Selection, templates: Templates) -> Status:
    if selection.custom:
        return _judged(_custom_fault(selection.custom, templates))
    if selection.without and choices.without:
        return Status(State.ORANGE)
    rule_id = selection.rule_id or _only(choices, selection)
    if rule_id:
        return _judged(_rule_fault(choices, rule_id, templates), rule_id)
    return Status(State.RED, Fault.NOT_SELECTED) if choices.rules else Status(State.NONE)


def _judged(fault: Fault | None, rule_id: UUID | None = None) -> Status:
    return Status(State.RED if fault else State.GREEN, fault, rule_id)


def _only(choices: Choices, selection: Selection) -> UUID | None:
    """The single choice selects itself, but not against somebody's wish for none."""
    alone = choices.count == 1 and choices.rules and not selection.without
    return choices.rules[0].id if alone else None


def _custom_fault(custom: Custom, templates: Templates) -> Fault | None:
    if custom.template_id is None:
        return None
    return _fault(custom.channels, templates.get(custom.template_id))


def _rule_fault(choices: Choices, rule_id: UUID, templates: Templates) -> Fault | None:
    """A rule that was deleted has no template any more."""
    rule = next((each for each in (*choices.rules, *choices.retired) if each.id == rule_id), None)
    if rule is None or rule.template_id is None:
        return Fault.NO_TEMPLATE
    return _fault(rule.channels, templates.get(rule.template_id))


def _fault(channels: Collection[str], texts: Mapping[str, Any] | None) -> Fault | None:
    if texts is None:
        return Fault.NO_TEMPLATE
    written = (channel for channel in channels if channel not in _ALWAYS_DEFAULT)
    if not all((texts.get(channel) or {}).get("body") for channel in written):
        return Fault.TEXT_MISSING
    if "email" in channels and not texts["email"].get("subject"):
        return Fault.SUBJECT_MISSING
    return None
