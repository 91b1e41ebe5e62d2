"""REM-8: the sign of a line, as a table of cases, and the same table as the page for users tells it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from vetagenda_reminders.visits.rules import (
    NOTHING,
    Choices,
    Custom,
    Fault,
    RuleChoice,
    Selection,
    State,
    status_of,
)

WORDS, SUBJECTLESS, SMS_ONLY, GONE, NO_BODY = (UUID(int=number) for number in range(1, 6))
BODY = {"body": "Vermifuge de {animal}"}
TEMPLATES: Mapping[UUID, Any] = {
    WORDS: {"sms": BODY, "email": BODY | {"subject": "Vermifuge"}, "letter": BODY},
    SUBJECTLESS: {"sms": BODY, "email": BODY | {"subject": None}},
    SMS_ONLY: {"sms": BODY},
    NO_BODY: {"sms": None},
}


def rule(number: int, template: UUID | None = WORDS, *channels: str) -> RuleChoice:
    return RuleChoice(UUID(int=100 + number), channels or ("sms",), template)


ONE, TWO = rule(1), rule(2)
ONE_SELECTED, UNKNOWN_SELECTED = Selection(rule_id=ONE.id), Selection(rule_id=UUID(int=999))
WITHOUT = Selection(without=True)
NONE: tuple[RuleChoice, ...] = ()


@pytest.mark.parametrize(
    ("rules", "without", "selection", "expected"),
    [
        (NONE, False, NOTHING, State.NONE),
        (NONE, True, NOTHING, State.NONE),
        ((ONE,), False, NOTHING, State.GREEN),
        ((ONE,), True, NOTHING, Fault.NOT_SELECTED),
        ((ONE,), True, ONE_SELECTED, State.GREEN),
        ((ONE,), True, WITHOUT, State.ORANGE),
        ((ONE,), False, WITHOUT, Fault.NOT_SELECTED),
        (NONE, True, WITHOUT, State.ORANGE),
        (NONE, False, WITHOUT, State.NONE),
        ((ONE, TWO), False, NOTHING, Fault.NOT_SELECTED),
        ((ONE, TWO), True, NOTHING, Fault.NOT_SELECTED),
        ((ONE, TWO), False, ONE_SELECTED, State.GREEN),
        ((ONE, TWO), True, WITHOUT, State.ORANGE),
        ((ONE, TWO), False, UNKNOWN_SELECTED, Fault.NO_TEMPLATE),
        ((rule(1, None),), False, NOTHING, Fault.NO_TEMPLATE),
        ((rule(1, GONE),), False, NOTHING, Fault.NO_TEMPLATE),
        ((rule(1, None), TWO), False, ONE_SELECTED, Fault.NO_TEMPLATE),
        ((rule(1, SMS_ONLY, "sms", "letter"),), False, NOTHING, Fault.TEXT_MISSING),
        ((rule(1, SMS_ONLY, "phone"),), False, NOTHING, Fault.TEXT_MISSING),
        ((rule(1, NO_BODY),), False, NOTHING, Fault.TEXT_MISSING),
        ((rule(1, SUBJECTLESS, "sms", "email"),), False, NOTHING, Fault.SUBJECT_MISSING),
        ((rule(1, SUBJECTLESS),), False, NOTHING, State.GREEN),
        ((rule(1, SMS_ONLY, "email"),), False, NOTHING, Fault.TEXT_MISSING),
        ((rule(1, WORDS, "sms", "email", "letter"),), False, NOTHING, State.GREEN),
        (NONE, False, Selection(custom=Custom(("sms",))), State.GREEN),
        ((ONE, TWO), True, Selection(custom=Custom(("sms",), WORDS)), State.GREEN),
        ((ONE, TWO), True, Selection(custom=Custom(("sms",), GONE)), Fault.NO_TEMPLATE),
        ((ONE,), False, Selection(custom=Custom(("letter",), SMS_ONLY)), Fault.TEXT_MISSING),
        ((ONE,), False, Selection(custom=Custom(("email",), SUBJECTLESS)), Fault.SUBJECT_MISSING),
    ],
)
def test_the_sign_of_a_line(
    rules: tuple[RuleChoice, ...], without: bool, selection: Selection, expected: State | Fault
) -> None:
    """REM-8: choices are the rules, and one more when "without" is offered; the only one selects itself."""
    status = status_of(Choices(rules, without), selection, TEMPLATES)
    if isinstance(expected, Fault):
        assert (status.state, status.fault) == (State.RED, expected)
    else:
        assert (status.state, status.fault) == (expected, None)


def test_the_only_choice_is_named_and_one_of_several_is_not() -> None:
    """REM-8."""
    assert status_of(Choices((ONE,)), NOTHING, TEMPLATES).rule_id == ONE.id
    assert status_of(Choices((ONE, TWO)), NOTHING, TEMPLATES).rule_id is None


def test_a_selected_rule_that_is_offered_no_more_still_holds() -> None:
    """REM-8: it was selected when it was offered."""
    choices = Choices((TWO,), retired=(ONE,))
    assert status_of(choices, ONE_SELECTED, TEMPLATES).state is State.GREEN


PAGE = Path(__file__).parents[3] / "docs" / "medical-reminders.md"
OFFERED = {"none": (), "one": (ONE,), "several": (ONE, TWO)}
SELECTED = {
    "nothing": NOTHING,
    "a rule": ONE_SELECTED,
    "a date": Selection(custom=Custom(("sms",))),
    "without": WITHOUT,
}


def told() -> list[list[str]]:
    """The rows of the page's table: rules, without offered, selected, status, reason."""
    table = PAGE.read_text().split("<!-- status -->")[1]
    rows = [line.strip().strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows[2:]]


def test_the_page_for_users_tells_what_holds() -> None:
    """REM-8: every row of the documented table, against the rule."""
    rows = told()
    assert {row[3] for row in rows} == {state.value for state in State}
    for rules, without, selected, state, reason in rows:
        choices = Choices(OFFERED[rules], without == "yes")
        status = status_of(choices, SELECTED[selected], TEMPLATES)
        found = (status.state.value, status.fault.value if status.fault else "")
        assert found == (state, reason), (rules, without, selected)
