"""All that changes a visit's line, each change told by its event (REM-7, REM-8).

A line that becomes green records an administration, whose reminders are in the ledger from then on. Another
selection or another day withdraws what has not left and plans the same administration anew.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import LineCreated, LineDeleted, LineEvent, LineUpdated
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest, NotFound
from vetagenda_reminders.facts import AnimalFacts, PracticeFacts
from vetagenda_reminders.ladder.vocabulary import Delivery
from vetagenda_reminders.products import administrations, renewal
from vetagenda_reminders.products.courses import Course, by_rule, on_one_day
from vetagenda_reminders.products.rules import Kind
from vetagenda_reminders.records.queries import known
from vetagenda_reminders.tables import Administration, Product, Reminder, ReminderRule, Template
from vetagenda_reminders.visits import commands, queries
from vetagenda_reminders.visits.judging import Catalogue, catalogue_of
from vetagenda_reminders.visits.rules import State
from vetagenda_reminders.visits.schemas import SELECTIONS, LineChange, NewLine
from vetagenda_reminders.visits.tables import VisitLine


@dataclass(frozen=True)
class Scene:
    """Who acts on whose animal: what the agenda said before the transaction began."""

    practice: PracticeFacts
    animal: AnimalFacts
    actor: Actor


async def add(
    session: WriteSession, visit_id: UUID, new: NewLine, scene: Scene
) -> tuple[VisitLine, list[Reminder]]:
    """The line, and what it renews. Raises NotFound and InvalidRequest for what it names."""
    visit = await commands.locked(session, visit_id)
    if new.animal_id not in visit.animal_ids:
        raise InvalidRequest.at("/animal_id", "this animal is not one of the visit's")
    product = await _product(session, new)
    line = VisitLine(
        id=uuid7(),
        practice_id=visit.practice_id,
        visit_id=visit.id,
        kind=product.kind,
        product_id=product.id,
        animal_id=new.animal_id,
        given_on=new.given_on or visit.visited_on,
        also_first=new.also_first,
        rule_id=new.rule_id,
        without=new.without,
        custom_on=new.custom_on,
        custom_channels=list(new.channels or ()),
        custom_template_id=new.template_id,
        custom_delivery=new.delivery,
        custom_step_hours=new.step_hours,
    )
    await _check(session, line, product, set(NewLine.model_fields))
    session.add(line)
    await settle(session, line, scene)
    _tell(session, LineCreated, line, scene.actor)
    return line, await _earlier(session, line, product, scene, withdraw=new.withdraw_earlier)


async def change(
    session: WriteSession,
    visit_id: UUID,
    line_id: UUID,
    wanted: LineChange,
    scene: Scene,
    expected: int | None,
) -> tuple[VisitLine, list[Reminder]]:
    """The line, and what it renews. Raises NotFound, StaleVersion and InvalidRequest."""
    line = await _locked(session, visit_id, line_id, expected)
    product = await session.get(Product, line.product_id)
    before = _said(line)
    fields = wanted.model_fields_set - {"withdraw_earlier"}
    _select(line, wanted, fields)
    await _check(session, line, product, fields)
    line.version += 1
    if _said(line) != before or line.state is State.RED:
        await settle(session, line, scene)
    _tell(session, LineUpdated, line, scene.actor)
    withdraw = bool(wanted.withdraw_earlier)
    return line, await _earlier(session, line, product, scene, withdraw=withdraw)


async def remove(
    session: WriteSession,
    visit_id: UUID,
    line_id: UUID,
    now: datetime,
    actor: Actor,
    expected: int | None,
) -> None:
    """What it planned and has not left is withdrawn."""
    line = await _locked(session, visit_id, line_id, expected)
    if line.administration_id:
        await administrations.withdraw(session, [line.administration_id], now, actor)
    await session.delete(line)
    line.version += 1
    _tell(session, LineDeleted, line, actor)


async def mend(session: WriteSession, line: VisitLine, scene: Scene) -> None:
    """The catalogue has changed since the line was red: it may be green by now."""
    line.look_again = False
    status = (await catalogue_of(session, line.practice_id, [line])).judge(line)
    if status.state is State.RED:
        return
    line.version += 1
    await settle(session, line, scene)
    _tell(session, LineUpdated, line, scene.actor)


async def settle(session: WriteSession, line: VisitLine, scene: Scene) -> None:
    """Judge the line and bring the ledger in line with it."""
    catalogue = await catalogue_of(session, line.practice_id, [line])
    status = catalogue.judge(line)
    line.state, line.look_again = status.state, False
    course = None
    if status.state is State.GREEN:
        line.rule_id = status.rule_id
        course = _course(line, catalogue, scene.animal)
    await _plan(session, line, course, scene)


def _course(line: VisitLine, catalogue: Catalogue, animal: AnimalFacts) -> Course:
    if line.custom_on:
        climbs = line.custom_delivery is Delivery.LADDER
        return on_one_day(line.custom_on, line.custom_channels, line.custom_step_hours if climbs else None)
    assert line.rule_id
    rule = catalogue.rules[line.rule_id]
    return by_rule(rule, line.given_on, animal.born_on, also_first=line.also_first)


async def _plan(session: WriteSession, line: VisitLine, course: Course | None, scene: Scene) -> None:
    practice, animal, actor = scene.practice, scene.animal, scene.actor
    if line.administration_id is None and course is None:
        return
    if line.administration_id is None:
        administration = administrations.of(
            line.product_id, practice, animal, line.given_on, line.rule_id, also_first=line.also_first
        )
        line.administration_id = administration.id
        await administrations.record(session, administration, line.kind, course, practice, actor)
        return
    administration = await session.get_one(Administration, line.administration_id, with_for_update=True)
    administration.rule_id, administration.given_on = line.rule_id, line.given_on
    administration.also_first, administration.owner_id = line.also_first, animal.owner_id
    await administrations.plan_anew(session, administration, course, practice, actor)


async def _earlier(
    session: WriteSession, line: VisitLine, product: Product | None, scene: Scene, *, withdraw: bool
) -> list[Reminder]:
    if product is None:
        return []
    rows = await renewal.earlier(session, product, line.animal_id, line.administration_id)
    if withdraw:
        renewal.withdraw(session, rows, scene.practice, scene.actor)
    return rows


async def _locked(session: WriteSession, visit_id: UUID, line_id: UUID, expected: int | None) -> VisitLine:
    await commands.locked(session, visit_id)
    line = await queries.line(session, visit_id, line_id)
    await session.refresh(line, with_for_update=True)
    check_version(expected, line.version)
    return line


async def _product(session: WriteSession, new: NewLine) -> Product:
    kind = Kind.PRODUCT if new.product_id else Kind.ACT
    pointer, named = f"/{kind.value}_id", new.product_id or new.act_id
    assert named
    (product,) = await known(session, Product, [named], pointer)
    if product.kind is not kind:
        raise NotFound(f"{pointer}: there is no such thing here")
    return product


def _said(line: VisitLine) -> tuple[Any, ...]:
    custom = (line.custom_on, tuple(line.custom_channels), line.custom_template_id)
    climbing = (line.custom_delivery, line.custom_step_hours)
    return line.rule_id, line.without, line.given_on, line.also_first, *custom, *climbing


def _select(line: VisitLine, wanted: LineChange, fields: set[str]) -> None:
    """Whatever is selected now stands instead of what was."""
    if any(getattr(wanted, name) for name in SELECTIONS):
        line.rule_id, line.without = None, False
        if not wanted.custom_on:
            _drop_custom(line)
    for name in fields & {"rule_id", "without", "custom_on", "given_on", "also_first"}:
        setattr(line, name, getattr(wanted, name))
    if wanted.custom_on and "also_first" not in fields:
        line.also_first = False
    if "channels" in fields:
        line.custom_channels = list(wanted.channels or ())
    if "template_id" in fields:
        line.custom_template_id = wanted.template_id
    line.custom_delivery = wanted.delivery or line.custom_delivery
    line.custom_step_hours = wanted.step_hours or line.custom_step_hours
    if line.custom_on is None and not fields & {"channels", "template_id", "delivery"}:
        _drop_custom(line)


def _drop_custom(line: VisitLine) -> None:
    line.custom_on, line.custom_channels, line.custom_template_id = None, [], None
    line.custom_delivery = Delivery.ALL


async def _check(session: WriteSession, line: VisitLine, product: Product | None, fields: set[str]) -> None:
    """What was just selected exists here and is offered. Raises NotFound and InvalidRequest."""
    if "rule_id" in fields and line.rule_id:
        await known(session, ReminderRule, [line.rule_id], "/rule_id")
        if product is None or line.rule_id not in product.rule_ids:
            raise InvalidRequest.at("/rule_id", "this is not offered")
    if "without" in fields and line.without and not (product and product.without_offered):
        raise InvalidRequest.at("/without", "to go without a reminder is not offered")
    if "template_id" in fields and line.custom_template_id:
        await known(session, Template, [line.custom_template_id], "/template_id")
    _check_custom(line)


def _check_custom(line: VisitLine) -> None:
    climbs = line.custom_delivery is Delivery.LADDER
    if line.custom_on is None and (line.custom_channels or line.custom_template_id or climbs):
        said = "`channels`, `template_id` and `delivery` are those of a custom reminder"
        raise InvalidRequest.at("/custom_on", said)
    if line.custom_on and not line.custom_channels:
        raise InvalidRequest.at("/channels", "a custom reminder needs its channels")
    if line.custom_on and line.also_first:
        raise InvalidRequest.at("/also_first", "a custom reminder has one date")


def _tell(session: WriteSession, kind: type[LineEvent], line: VisitLine, actor: Actor) -> None:
    said = kind(
        practice_id=line.practice_id,
        actor=actor,
        aggregate_id=line.id,
        version=line.version,
        visit_id=line.visit_id,
        kind=line.kind.value,
        product_id=line.product_id,
        animal_id=line.animal_id,
        status=line.state.value,
        administration_id=line.administration_id,
    )
    outbox.add(session, said)
