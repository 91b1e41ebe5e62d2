"""A visit and a line as they are shown, from what was loaded. Pure."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.products.rules import Anchor, Kind
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.visits.judging import Catalogue
from vetagenda_reminders.visits.rules import Fault, State
from vetagenda_reminders.visits.schemas import (
    ChoicesView,
    CustomView,
    LineView,
    LineWarningView,
    RuleChoiceView,
    SelectionView,
    VisitView,
)
from vetagenda_reminders.visits.tables import Visit, VisitLine

Rows = Mapping[UUID, list[Reminder]]
"""Ledger rows by administration."""
SAID: Mapping[Fault, str] = {
    Fault.NOT_SELECTED: "Check your acts and products: a reminder was not selected.",
    Fault.NO_TEMPLATE: "The selected reminder has no template: complete it in the catalogue.",
    Fault.TEXT_MISSING: "The selected reminder's template has no text for one of its channels.",
    Fault.SUBJECT_MISSING: "The selected reminder's template has no subject for its e-mail.",
}
BIRTH_UNKNOWN = "The selected reminder counts from birth, and the animal's birth date is not known."


def visit(visit: Visit, lines: Iterable[VisitLine], catalogue: Catalogue, rows: Rows) -> VisitView:
    shown = [line(each, catalogue, rows) for each in lines]
    warnings = [warning for each in shown if (warning := _warning(each, catalogue))]
    fields = visit.model_dump(include=set(VisitView.model_fields))
    return VisitView(**fields, lines=shown, warnings=warnings)


def _warning(line: LineView, catalogue: Catalogue) -> LineWarningView | None:
    if line.reason:
        code, text = f"reminder_{line.reason.value}", SAID[line.reason]
    elif _counts_from_an_unknown_birth(line, catalogue):
        code, text = "birth_unknown", BIRTH_UNKNOWN
    else:
        return None
    return LineWarningView(code=code, text=text, line_id=line.id)


def _counts_from_an_unknown_birth(line: LineView, catalogue: Catalogue) -> bool:
    rule = catalogue.rules.get(line.selection.rule_id) if line.selection.rule_id else None
    if line.status is not State.GREEN or rule is None or rule.anchor is not Anchor.BIRTH:
        return False
    return not any(row.occurrence for row in line.reminders)


def line(line: VisitLine, catalogue: Catalogue, rows: Rows) -> LineView:
    status = catalogue.shown(line)
    fields = line.model_dump(include=set(LineView.model_fields) - {"product_id"})
    administered = rows.get(line.administration_id, []) if line.administration_id else []
    return LineView(
        **fields,
        product_id=line.product_id if line.kind is Kind.PRODUCT else None,
        act_id=line.product_id if line.kind is Kind.ACT else None,
        status=status.state,
        reason=status.fault,
        choices=_choices(line, catalogue),
        selection=_selection(line, status.rule_id),
        reminders=[ReminderView.of(row) for row in administered],
    )


def _choices(line: VisitLine, catalogue: Catalogue) -> ChoicesView:
    offered = catalogue.offered(line.product_id)
    rules = [RuleChoiceView(id=rule.id, name=rule.name) for rule in offered]
    return ChoicesView(rules=rules, without=catalogue.without_offered(line.product_id))


def _selection(line: VisitLine, rule_id: UUID | None) -> SelectionView:
    custom = None
    if line.custom_on:
        custom = CustomView(
            on=line.custom_on,
            channels=line.custom_channels,
            template_id=line.custom_template_id,
            delivery=line.custom_delivery,
            step_hours=line.custom_step_hours,
        )
    return SelectionView(rule_id=rule_id, custom=custom, without=line.without)
